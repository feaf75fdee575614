import { commonErrors } from '@plinth/contract-kit';
import type { ProductsService } from '@plinth/contracts/orders';
import type { Collection, Events } from '@plinth/data-kit';
import { type ProductDocument, toProduct } from '@plinth/models/orders';
import { ordersErrors, productsEvents } from '@plinth/service-contracts/orders';

type Deps = { products: Collection<ProductDocument, 'get' | 'update'>; events: Events };

export const reactivateProduct =
  ({ products, events }: Deps): ProductsService['reactivateProduct'] =>
  async ({ id }, ctx) => {
    const product = await products.for(ctx).get(id);
    if (product.status === 'active') throw ordersErrors.notArchived();
    const active = products.for(ctx).update(product, { $set: { status: 'active' } }, commonErrors.conflict());
    events.emit(ctx, productsEvents.productReactivated, { productId: id });
    return toProduct(active);
  };
