import type { ProductsService } from '@plinth/contracts/orders';
import { type Collection, type Events, toChange } from '@plinth/data-kit';
import { type ProductDocument, toProduct } from '@plinth/models/orders';
import { productsEvents } from '@plinth/service-contracts/orders';

type Deps = { products: Collection<ProductDocument, 'get' | 'update'>; events: Events };

/** A patch that changes nothing keeps the version and emits no event. */
export const updateProduct =
  ({ products, events }: Deps): ProductsService['updateProduct'] =>
  async ({ id, version, body: { name, description, price } }, ctx) => {
    const product = await products.for(ctx).get(id, { version });
    const change = toChange(product, { name, description, priceAmount: price?.amount, currency: price?.currency });
    if (!change) return toProduct(product);
    const updated = products.for(ctx).update(product, change);
    events.emit(ctx, productsEvents.productUpdated, { productId: id });
    return toProduct(updated);
  };
