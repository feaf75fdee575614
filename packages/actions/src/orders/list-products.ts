import type { ProductsService } from '@plinth/contracts/orders';
import type { Collection } from '@plinth/data-kit';
import { type ProductDocument, toProduct } from '@plinth/models/orders';

type Deps = { products: Collection<ProductDocument, 'list'> };

const storedSorts = { price: 'priceAmount', '-price': '-priceAmount' } as const;

export const listProducts =
  ({ products }: Deps): ProductsService['listProducts'] =>
  async ({ query: { where, sort, limit, cursor } }, ctx) => {
    const { price, ...filters } = where;
    const storedSort = sort === 'price' || sort === '-price' ? storedSorts[sort] : sort;
    const storedWhere = { ...filters, ...(price && { priceAmount: price }) };
    return products.for(ctx).list({ where: storedWhere, sort: storedSort, limit, cursor }, toProduct);
  };
