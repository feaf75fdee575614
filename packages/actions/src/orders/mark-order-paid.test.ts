import { createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createShop } from './test/shop.ts';

const paid = { amount: 3750, currency: 'EUR' };

it('records that the total was paid, changes nothing else, and emits order-paid', async () => {
  const { orderOne, pay, storedOrder, collectEvents } = createShop();
  const { order } = await orderOne();
  const before = storedOrder(order);
  const events = await collectEvents(async () =>
    expect(await pay(order)).toEqual({ ...order, status: 'paid', paid, version: 2, updatedAt: expect.any(String) }),
  );
  expect(storedOrder(order)).toEqual({
    ...before,
    status: 'paid',
    paidAmount: 3750,
    version: 2,
    updatedAt: expect.any(Date),
  });
  expect(events).toEqual([{ name: 'orders.order-paid', aggregateId: order.id, payload: { orderId: order.id, paid } }]);
});

it('race: one of several payments is recorded', async () => {
  const { orderOne, pay, storedOrder } = createShop();
  const { order } = await orderOne();
  const results = await Promise.allSettled([1, 2, 3].map(() => pay(order)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(storedOrder(order)).toMatchObject({ paidAmount: 3750, version: 2 });
});

it('integrity: a payment and a cancellation at once: one wins', async () => {
  const { orderOne, pay, cancel, storedOrder, getStock } = createShop();
  const { order, product } = await orderOne();
  const [payment] = await Promise.allSettled([pay(order), cancel(order)]);
  const isPaid = payment?.status === 'fulfilled';
  expect(storedOrder(order)).toMatchObject({ status: isPaid ? 'paid' : 'cancelled', paidAmount: isPaid ? 3750 : 0 });
  expect(getStock(product)).toBe(isPaid ? 37 : 40);
});

it('boundary: another tenant’s order does not exist', async () => {
  const { orderOne, run } = createShop();
  const { id } = (await orderOne()).order;
  await expect(run.markOrderPaid({ id }, createContext())).rejects.toMatchObject({ code: 'not-found' });
});
