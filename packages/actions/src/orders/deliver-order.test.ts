import { createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createShop, prepareOrder } from './test/shop.ts';

it('changes the status and nothing else, and emits order-delivered', async () => {
  const shop = createShop();
  const { order } = await prepareOrder.shipped(shop);
  const before = shop.storedOrder(order);
  const events = await shop.collectEvents(() => shop.deliver(order));
  expect(shop.storedOrder(order)).toEqual({
    ...before,
    status: 'delivered',
    version: order.version + 1,
    updatedAt: expect.any(Date),
  });
  expect(events).toEqual([{ name: 'orders.order-delivered', aggregateId: order.id, payload: { orderId: order.id } }]);
});

it('race: one of several deliveries is recorded', async () => {
  const shop = createShop();
  const { order } = await prepareOrder.shipped(shop);
  const results = await Promise.allSettled([1, 2, 3].map(() => shop.deliver(order)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

it('integrity: a delivery and a whole refund at once: one wins', async () => {
  const shop = createShop();
  const { order, product } = await prepareOrder.shipped(shop);
  const results = await Promise.allSettled([shop.deliver(order), shop.refund(order)]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(shop.getStock(product)).toBe(37);
});

it('boundary: another tenant’s order does not exist', async () => {
  const shop = createShop();
  const { id } = (await prepareOrder.shipped(shop)).order;
  await expect(shop.run.deliverOrder({ id }, createContext())).rejects.toMatchObject({ code: 'not-found' });
});
