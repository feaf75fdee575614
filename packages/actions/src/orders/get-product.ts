import type { ProductsService } from '@plinth/contracts/orders';
import type { Collection } from '@plinth/data-kit';
import { type ProductDocument, toProduct } from '@plinth/models/orders';

type Deps = { products: Collection<ProductDocument, 'get'> };

export const getProduct =
  ({ products }: Deps): ProductsService['getProduct'] =>
  async ({ id }, ctx) =>
    toProduct(await products.for(ctx).get(id));
