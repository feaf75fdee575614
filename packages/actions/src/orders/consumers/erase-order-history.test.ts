import { expect, it } from 'vitest';
import { createErasure, type Erasure } from '../test/erasure.ts';

/** Creates an order whose address and note were changed, and cancels it. */
const cancelChanged = async (shop: Erasure, changes = 1) => {
  let { order } = await shop.orderOne();
  for (let change = 0; change < changes; change += 1) {
    shop.db.clock.advance(1000);
    order = await shop.update(order, { note: `Ring twice. ${change}` });
  }
  shop.db.clock.advance(1000);
  await shop.cancel(order);
  return order;
};

const personal = /Ring twice|Ada|James|London/;

it('erases the personal data of every earlier state, and keeps the rest of the history', async () => {
  const shop = createErasure();
  const order = await cancelChanged(shop);
  const before = await shop.listHistory(order);
  await shop.eraseCustomer();
  const after = await shop.listHistory(order);
  expect(JSON.stringify(shop.db.ordersHistory.all())).not.toMatch(personal);
  expect(JSON.stringify(shop.db.ordersHistory.all())).not.toContain(shop.userId);
  expect(after.items[0]).toMatchObject({ version: 4, before: {}, after: { customerErasedAt: expect.any(String) } });
  const toKept = ({ items }: typeof before) =>
    items.map(({ id, createdAt, version, action, events }) => [id, createdAt, version, action, events]);
  expect(toKept({ ...after, items: after.items.slice(1) })).toEqual(toKept(before));
  const placed = await shop.get(order, new Date(order.createdAt));
  const { shippingAddress, customer } = await shop.get(order);
  expect(placed).toMatchObject({ status: 'placed', shippingAddress, customer, version: 1 });
  expect(placed).not.toHaveProperty('note');
});

it('boundary: hides the personal data of an erased order while its history still has it', async () => {
  const shop = createErasure();
  const order = await cancelChanged(shop);
  await shop.startErasure();
  await shop.run.eraseEndedOrders({ payload: shop.db.emitted().at(-1)?.payload } as never);
  expect(JSON.stringify(shop.db.ordersHistory.all()), 'the consumer has not run').toMatch(personal);
  const states = [await shop.listHistory(order), await shop.get(order, new Date(order.createdAt))];
  await shop.handleEvents();
  expect(states).toEqual([await shop.listHistory(order), await shop.get(order, new Date(order.createdAt))]);
  expect(JSON.stringify(states)).not.toMatch(personal);
  expect(JSON.stringify(states)).not.toContain(shop.userId);
});

it.each([
  [97, 0],
  [98, 1],
  [250, 2],
])('boundary: erases a history with %i changes of the note, with %i further events', async (changes, continued) => {
  const shop = createErasure();
  const order = await cancelChanged(shop, changes);
  const events = await shop.collectEvents(shop.eraseCustomer);
  expect(JSON.stringify(shop.db.ordersHistory.all())).not.toMatch(personal);
  expect(events.filter(({ name }) => name === 'orders.order-history-erasure-continued')).toHaveLength(continued);
  expect(shop.db.ordersHistory.all().filter(({ documentId }) => documentId === order.id)).toHaveLength(changes + 3);
});

it('integrity: changes nothing when the event is repeated, and keeps the histories of other orders', async () => {
  const shop = createErasure();
  const { order: open } = await shop.orderOne();
  await shop.update(open, { note: null });
  const order = await cancelChanged(shop);
  await shop.eraseCustomer();
  await shop.expectUnchanged(() => shop.run.eraseOrderHistory({ payload: { orderId: order.id } }));
  expect((await shop.listHistory(open)).items[0]?.before).toEqual({ note: 'Ring twice.' });
});

it('explains the change in the journal without personal data', async () => {
  const shop = createErasure();
  await cancelChanged(shop);
  await shop.eraseCustomer();
  const row = shop.db.journalRows().at(-1);
  expect(row?.changes).toHaveLength(3);
  expect(JSON.stringify(row)).not.toMatch(personal);
});
