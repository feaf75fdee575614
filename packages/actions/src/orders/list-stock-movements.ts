import type { ProductsService } from '@plinth/contracts/orders';
import type { Collection } from '@plinth/data-kit';
import { type ProductDocument, type StockMovementDocument, toStockMovement } from '@plinth/models/orders';

type Deps = {
  products: Collection<ProductDocument, 'get'>;
  stockMovements: Collection<StockMovementDocument, 'list'>;
};

export const listStockMovements =
  ({ products, stockMovements }: Deps): ProductsService['listStockMovements'] =>
  async ({ id, query }, ctx) => {
    // An unknown product is a 404 rather than an empty list.
    await products.for(ctx).get(id);
    return stockMovements.for(ctx).list({ ...query, where: { ...query.where, productId: id } }, toStockMovement);
  };
