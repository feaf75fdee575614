import { orderLifecycle } from '@plinth/service-contracts/orders';
import { expect, it } from 'vitest';
import { getNextTransitions } from 'xstate';
import { createErasure, type Erasure } from '../test/erasure.ts';
import { prepareOrder } from '../test/shop.ts';

type Reference = { readonly id: string };

/** The ways in which an order ends, from the status before. */
const ends = {
  delivered: ['shipped', ({ deliver }: Erasure, order: Reference) => deliver(order)],
  cancelled: ['paid', ({ cancel }: Erasure, order: Reference) => cancel(order)],
  refunded: ['partly-shipped', ({ refund }: Erasure, order: Reference) => refund(order)],
} as const;
const statuses = Object.keys(ends) as (keyof typeof ends)[];

it.each(statuses)('erases an order of an erased customer when it is %s', async (status) => {
  const [before, end] = ends[status];
  const shop = createErasure();
  const { order } = await prepareOrder[before](shop);
  await shop.eraseCustomer();
  expect(shop.listPersonal()).toEqual([order.id]);
  await end(shop, order);
  const events = await shop.collectEvents(shop.handleEvents);
  expect(shop.listPersonal()).toEqual([]);
  expect(shop.storedOrder(order)).toMatchObject({ status, customerErasedAt: shop.db.clock.now() });
  expect(events.map(({ name }) => name)).toEqual(['orders.order-customer-erased']);
});

it('keeps the data when the customer was not erased', async () => {
  const shop = createErasure();
  await prepareOrder.delivered(shop);
  await shop.expectUnchanged(shop.handleEvents);
});

it('keeps the data of an order that is refunded in part and not ended', async () => {
  const shop = createErasure();
  const { order } = await prepareOrder.shipped(shop);
  await shop.eraseCustomer();
  await shop.refund(order, 5);
  await shop.expectUnchanged(shop.handleEvents);
});

it('erases an order that is placed after the erasure, when it ends', async () => {
  const shop = createErasure();
  await shop.eraseCustomer();
  await prepareOrder.cancelled(shop);
  await shop.handleEvents();
  expect(shop.listPersonal()).toEqual([]);
});

it('changes nothing when the event is repeated', async () => {
  const shop = createErasure();
  const { order } = await prepareOrder.delivered(shop);
  await shop.eraseCustomer();
  await shop.expectUnchanged(() => shop.run.eraseOrderAtEnd({ payload: { orderId: order.id } }));
});

it.each(statuses)('no change of a %s order brings an address back', (value) => {
  const state = orderLifecycle.resolveState({ value });
  const next = getNextTransitions(state);
  expect(next.map(({ eventType }) => eventType)).not.toContain('update');
  const targets = next.flatMap(({ target }) => target?.map(({ key }) => key) ?? []);
  expect(statuses).toEqual(expect.arrayContaining(targets));
});
