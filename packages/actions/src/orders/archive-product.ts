import { commonErrors } from '@plinth/contract-kit';
import type { ProductsService } from '@plinth/contracts/orders';
import type { Collection, Events } from '@plinth/data-kit';
import { type ProductDocument, toProduct } from '@plinth/models/orders';
import { ordersErrors, productsEvents } from '@plinth/service-contracts/orders';

type Deps = { products: Collection<ProductDocument, 'get' | 'update'>; events: Events };

export const archiveProduct =
  ({ products, events }: Deps): ProductsService['archiveProduct'] =>
  async ({ id }, ctx) => {
    const product = await products.for(ctx).get(id);
    if (product.status === 'archived') throw ordersErrors.alreadyArchived();
    const archived = products.for(ctx).update(product, { $set: { status: 'archived' } }, commonErrors.conflict());
    events.emit(ctx, productsEvents.productArchived, { productId: id });
    return toProduct(archived);
  };
