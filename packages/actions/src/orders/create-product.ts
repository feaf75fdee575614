import type { ProductsService } from '@plinth/contracts/orders';
import type { Collection, Events } from '@plinth/data-kit';
import { type ProductDocument, toProduct } from '@plinth/models/orders';
import { productsEvents } from '@plinth/service-contracts/orders';

type Deps = { products: Collection<ProductDocument, 'insert'>; events: Events };

/** Creates a product. The unique index rejects a taken SKU at commit. */
export const createProduct =
  ({ products, events }: Deps): ProductsService['createProduct'] =>
  async ({ body: { sku, name, description, price, stock } }, ctx) => {
    const { amount: priceAmount, currency } = price;
    const product = products
      .for(ctx)
      .insert({ sku, name, description, priceAmount, currency, stock, status: 'active' });
    events.emit(ctx, productsEvents.productCreated, { productId: product._id });
    return toProduct(product);
  };
