import type { ProductsService } from '@plinth/contracts/orders';
import type { Collection, Events } from '@plinth/data-kit';
import { type ProductDocument, type StockMovementDocument, stockMax, toStockMovement } from '@plinth/models/orders';
import { ordersErrors, productsEvents } from '@plinth/service-contracts/orders';

type Deps = {
  products: Collection<ProductDocument, 'get' | 'updateWhere'>;
  stockMovements: Collection<StockMovementDocument, 'insert'>;
  events: Events;
};

export const restockProduct =
  ({ products, stockMovements, events }: Deps): ProductsService['restockProduct'] =>
  async ({ id, body: { quantity, reason } }, ctx) => {
    await products.for(ctx).get(id);
    // Orders may change the stock at the same time, so the condition is on the stock and not on the version.
    products
      .for(ctx)
      .updateWhere(
        { _id: id, stock: { $lte: stockMax - quantity } },
        { $inc: { stock: quantity } },
        ordersErrors.stockTooLarge(),
      );
    const draft = { productId: id, quantity, reason, createdBy: ctx.actor.id };
    const movement = stockMovements.for(ctx).insert(draft);
    events.emit(ctx, productsEvents.productRestocked, { productId: id, movementId: movement._id, quantity });
    return toStockMovement(movement);
  };
