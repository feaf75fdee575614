import type { OrdersService } from '@plinth/contracts/orders';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createShop } from './test/shop.ts';

type Query = Parameters<OrdersService['listOrders']>[0]['query'];

const createOrders = async () => {
  const { db, run, get, createProduct, placeOrder, cancel } = createShop();
  const tea = await createProduct({ price: { amount: 100, currency: 'EUR' } });
  const userId = createId();
  const add = (quantity: number, customer: { reference: string } | { userId: string }) => {
    db.clock.advance(1000);
    return placeOrder([[tea, quantity]], { customer });
  };
  const orders = [await add(2, { userId }), await add(1, { reference: 'C' }), await add(3, { userId })] as const;
  await cancel(orders[1]);
  const list = async (sort: Query['sort'], where: Query['where'] = {}) => {
    const query = { where, sort, limit: 20, cursor: undefined, fields: undefined };
    return (await run.listOrders({ query })).items.map(({ id }) => id);
  };
  return { run, get, userId, list, first: orders[0].id, small: orders[1].id, large: orders[2].id };
};

it('sorts by time and by total', async () => {
  const { list, first, small, large } = await createOrders();
  expect(await list('-createdAt')).toEqual([large, small, first]);
  expect(await list('createdAt')).toEqual([first, small, large]);
  expect(await list('total')).toEqual([small, first, large]);
  expect(await list('-total')).toEqual([large, first, small]);
});

it('filters by status, by customer and by bounds of the total', async () => {
  const { list, userId, first, small, large } = await createOrders();
  expect(await list('total', { status: 'placed' })).toEqual([first, large]);
  expect(await list('-createdAt', { customerId: userId })).toEqual([large, first]);
  expect(await list('-createdAt', { customerId: 'C' })).toEqual([small]);
  expect(await list('-createdAt', { customerId: 'C', status: 'placed' })).toEqual([]);
  expect(await list('-createdAt', { status: { $in: ['placed', 'cancelled'] }, total: { $lt: 300 } })).toEqual([
    small,
    first,
  ]);
  expect(await list('total', { total: { $gt: 100, $lte: 200 } })).toEqual([first]);
  expect(await list('-total', { customerId: userId, total: { $gte: 300 } })).toEqual([large]);
});

it('has neither lines nor rules nor address nor note', async () => {
  const { run, get, first } = await createOrders();
  const query = { where: {}, sort: 'createdAt', limit: 1, cursor: undefined, fields: undefined } as const;
  const { id, version, createdAt, updatedAt, status, customer, total, paid, refunded } = await get({ id: first });
  const summary = { id, version, createdAt, updatedAt, status, customer, total, paid, refunded };
  expect((await run.listOrders({ query })).items).toEqual([summary]);
});
