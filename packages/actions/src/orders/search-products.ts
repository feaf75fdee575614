import type { ProductsService } from '@plinth/contracts/orders';
import type { Collection } from '@plinth/data-kit';
import { type ProductDocument, toProduct } from '@plinth/models/orders';

type Deps = { products: Collection<ProductDocument, 'search'> };

const matchesMax = 50;

export const searchProducts =
  ({ products }: Deps): ProductsService['searchProducts'] =>
  async ({ query: { text, status } }, ctx) => {
    const where = status === undefined ? {} : { status };
    const found = await products.for(ctx).search({ text, where, limit: matchesMax });
    return { items: found.map(toProduct) };
  };
