import { createId } from '@plinth/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Shop, useOrders } from './shop.ts';

const { service, createShop } = useOrders('listOrders');

type Order = { id: string; status: string; customer: object; total: { amount: number }; createdAt: string };
type Query = Readonly<Record<string, string | number>>;

const userId = createId();
let shop: Shop;
let orders: Order[];

beforeAll(async () => {
  shop = await createShop();
  const tea = await shop.addProduct({ stock: 100, price: { amount: 100, currency: 'EUR' } });
  for (let index = 0; index < 12; index += 1) {
    const customer = index % 2 ? { userId } : { reference: 'C-1' };
    const { body: order } = await shop.place([[tea, (index % 4) + 1]], { overrides: { customer } });
    if (index % 3 === 1) await shop.change('cancelOrder', order);
    if (index % 3 === 2) await shop.change('markOrderPaid', order);
  }
  orders = (await shop.call('listOrders', { query: { limit: 100, sort: 'createdAt' } })).body.items;
  await (await createShop()).addOrder();
});

const getPages = async (query: Query): Promise<Order[]> => {
  const items: Order[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { status, body } = await shop.call('listOrders', { query: { ...query, ...(cursor && { cursor }) } });
    expect(status).toBe(200);
    items.push(...body.items);
    cursor = body.nextCursor;
  }
  return items;
};

const byTotal = (left: Order, right: Order): number =>
  left.total.amount - right.total.amount || (left.id < right.id ? -1 : 1);

describe('200', () => {
  it('returns the newest first without lines and address, and no order of another tenant', async () => {
    expect(orders).toHaveLength(12);
    expect(await getPages({})).toEqual(orders.toReversed());
    for (const field of ['lines', 'shippingAddress', 'note']) expect(orders[0]).not.toHaveProperty(field);
  });

  it.each([1, 5])('sorts by total in pages of %i, which end between equal totals', async (limit) => {
    expect(await getPages({ sort: 'total', limit })).toEqual(orders.toSorted(byTotal));
    expect(await getPages({ sort: '-total', limit })).toEqual(orders.toSorted(byTotal).toReversed());
  });

  it.each(['placed', 'paid', 'cancelled', 'placed,paid'])('filters by the status %s', async (status) => {
    const expected = orders.filter((order) => status.split(',').includes(order.status));
    expect(await getPages({ status, sort: 'createdAt', limit: 2 })).toEqual(expected);
    expect(await getPages({ status, sort: 'total', limit: 2 })).toEqual(expected.toSorted(byTotal));
  });

  it.each([
    ['user', userId, 1],
    ['user in capital letters', userId.toUpperCase(), 1],
    ['reference', 'C-1', 0],
  ])('filters by the customer: a %s', async (_, customerId, remainder) => {
    const expected = orders.filter((_order, index) => index % 2 === remainder);
    expect(await getPages({ customerId, sort: 'createdAt', limit: 4 })).toEqual(expected);
    expect(await getPages({ customerId, sort: '-total' })).toEqual(expected.toSorted(byTotal).toReversed());
    const paid = expected.filter(({ status }) => status === 'paid');
    expect(await getPages({ customerId, status: 'paid', sort: 'createdAt' })).toEqual(paid);
  });

  it('boundary: bounds of time and total include or exclude their own value, alone and together', async () => {
    const { createdAt } = orders[5] as Order;
    const late = orders.filter((order) => order.createdAt >= createdAt);
    expect(await getPages({ sort: 'createdAt', 'createdAt[gte]': createdAt })).toEqual(late);
    const middle = ({ total: { amount } }: Order) => amount > 100 && amount <= 300;
    const bounds = { 'total[gt]': 100, 'total[lte]': 300 };
    expect(await getPages({ sort: 'total', ...bounds })).toEqual(orders.filter(middle).toSorted(byTotal));
    expect(await getPages({ sort: 'createdAt', ...bounds, limit: 3 })).toEqual(orders.filter(middle));
    const both = { sort: 'createdAt', 'createdAt[gte]': createdAt, ...bounds, limit: 2 };
    expect(await getPages(both)).toEqual(late.filter(middle));
    const paid = late.filter(middle).filter(({ status }) => status !== 'cancelled');
    expect(await getPages({ ...both, status: 'paid,placed' })).toEqual(paid);
  });
});

it.each([
  { status: 'gone' },
  { status: 'paid,gone' },
  { customerId: '' },
  { sort: 'status' },
  { sort: 'total', 'createdAt[gte]': '2026-01-01T00:00:00Z' },
  { customerId: 'C', status: 'paid', sort: 'total' },
  { 'total[gte]': '1.5' },
  { lines: '1' },
])('400: refuses %j', async (query) => {
  expect((await shop.call('listOrders', { query: query as Query })).status).toBe(400);
});

it('400: refuses the cursor of another sort', async () => {
  const { body } = await shop.call('listOrders', { query: { limit: 1, sort: 'createdAt' } });
  const query = { limit: 1, sort: 'total', cursor: body.nextCursor };
  expect(await shop.call('listOrders', { query })).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
});

it('401 and 403: refuses anonymous callers and users without a role', async () => {
  expect((await shop.call('listOrders', {}, { as: service.host.anonymous })).status).toBe(401);
  const as = await service.userWithRole('unknown', shop.tenantId);
  expect((await shop.call('listOrders', {}, { as })).status).toBe(403);
});
