import { beforeAll, describe, expect, it } from 'vitest';
import { type Shop, useOrders } from './shop.ts';

const { service, createShop } = useOrders('listProducts');
const names = ['Tea', 'cake', 'Éclair', 'Same', 'Same'];

type Product = { id: string; sku: string; name: string; status: string; price: { amount: number }; createdAt: string };
let shop: Shop;
let products: Product[];

beforeAll(async () => {
  shop = await createShop();
  for (let index = 0; index < 15; index += 1) {
    const price = { amount: (index % 5) * 100, currency: index % 2 ? 'EUR' : 'USD' };
    const { id } = await shop.addProduct({ name: names[index % 5] as string, price });
    if (index % 3 === 0) await shop.call('archiveProduct', { id });
  }
  products = (await shop.call('listProducts', { query: { limit: 100, sort: 'createdAt' } })).body.items;
  await (await createShop()).addProduct();
});

type Query = Readonly<Record<string, string | number>>;

const getPages = async (query: Query): Promise<Product[]> => {
  const items: Product[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { status, body } = await shop.call('listProducts', { query: { ...query, ...(cursor && { cursor }) } });
    expect(status).toBe(200);
    items.push(...body.items);
    cursor = body.nextCursor;
  }
  return items;
};

const by =
  (...keys: readonly ((product: Product) => number | string)[]) =>
  (left: Product, right: Product): number => {
    const key = keys.find((candidate) => candidate(left) !== candidate(right));
    if (!key) return 0;
    return key(left) < key(right) ? -1 : 1;
  };
const byPrice = by(
  ({ price }) => price.amount,
  ({ id }) => id,
);
const nameOrder = ['cake', 'Éclair', 'Same', 'Tea'];
const byName = by(
  ({ name }) => nameOrder.indexOf(name),
  ({ id }) => id,
);

describe('200', () => {
  it('returns the newest first, and no product of another tenant', async () => {
    expect(products).toHaveLength(15);
    expect(await getPages({})).toEqual(products.toReversed());
  });

  it.each([1, 2, 7])('sorts by price and by name in pages of %i, which end between equal values', async (limit) => {
    expect(await getPages({ sort: 'price', limit })).toEqual(products.toSorted(byPrice));
    expect(await getPages({ sort: '-price', limit })).toEqual(products.toSorted(byPrice).toReversed());
    expect(await getPages({ sort: 'name', limit })).toEqual(products.toSorted(byName));
    expect(await getPages({ sort: '-name', limit })).toEqual(products.toSorted(byName).toReversed());
  });

  it.each(['active', 'archived'])('filters by the status %s with each sort', async (status) => {
    const expected = products.filter((product) => product.status === status);
    expect(await getPages({ status, sort: 'createdAt', limit: 2 })).toEqual(expected);
    expect(await getPages({ status, sort: 'price', limit: 2 })).toEqual(expected.toSorted(byPrice));
    expect(await getPages({ status, sort: 'name', limit: 2 })).toEqual(expected.toSorted(byName));
  });

  it('boundary: bounds of the price include or exclude their own value', async () => {
    const select = (min: number, max: number) =>
      products.filter(({ price: { amount } }) => amount >= min && amount <= max).toSorted(byPrice);
    expect(await getPages({ sort: 'price', 'price[gte]': 100, 'price[lt]': 300 })).toEqual(select(100, 200));
    expect(await getPages({ sort: 'price', 'price[gt]': 100, 'price[lte]': 300 })).toEqual(select(200, 300));
    expect(await getPages({ sort: 'price', 'price[gte]': Number.MAX_SAFE_INTEGER })).toEqual([]);
    const active = select(200, 400).filter(({ status }) => status === 'active');
    expect(await getPages({ status: 'active', sort: 'price', 'price[gte]': 200 })).toEqual(active);
  });

  it('finds a SKU', async () => {
    const [first] = products as [Product];
    expect(await getPages({ sku: first.sku })).toEqual([first]);
  });
});

it.each([
  { sort: 'stock' },
  { status: 'gone' },
  { sort: 'name', 'price[gte]': 1 },
  { sort: 'price', 'price[gte]': '1.5' },
  { sort: 'price', 'price[gte]': '9007199254740993' },
  { sort: 'price', 'price[gte]': '-1' },
  { sku: 'TEA', status: 'active' },
  { name: 'Tea' },
])('400: refuses %j', async (query) => {
  expect((await shop.call('listProducts', { query: query as Query })).status).toBe(400);
});

it('400: refuses the cursor of another sort', async () => {
  const { body } = await shop.call('listProducts', { query: { limit: 1, sort: 'price' } });
  const query = { limit: 1, sort: 'name', cursor: body.nextCursor };
  expect(await shop.call('listProducts', { query })).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
});

it('401 and 403: refuses anonymous callers and users without a role', async () => {
  expect((await shop.call('listProducts', {}, { as: service.host.anonymous })).status).toBe(401);
  const as = await service.userWithRole('unknown', shop.tenantId);
  expect((await shop.call('listProducts', {}, { as })).status).toBe(403);
});
