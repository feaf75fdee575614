import { createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createErasure } from '../test/erasure.ts';
import { prepareOrder } from '../test/shop.ts';

it('stores the user and starts the erasure, also of a user without orders', async () => {
  const { db, userId, startErasure, collectEvents } = createErasure();
  const events = await collectEvents(startErasure);
  expect(db.erasedCustomers.all()).toMatchObject([{ customerId: userId }]);
  const erasedCustomerId = db.erasedCustomers.all()[0]?._id;
  expect(events).toEqual([
    { name: 'orders.customer-erasure-started', aggregateId: erasedCustomerId, payload: { erasedCustomerId } },
  ]);
});

it('changes no order', async () => {
  const shop = createErasure();
  const { order } = await prepareOrder.delivered(shop);
  const before = shop.storedOrder(order);
  await shop.startErasure();
  expect(shop.storedOrder(order)).toEqual(before);
});

it('changes nothing when the event is repeated', async () => {
  const { startErasure, expectUnchanged } = createErasure();
  await startErasure();
  await expectUnchanged(startErasure);
});

it('race: of several erasures at once one is stored, and another attempt of the others changes nothing', async () => {
  const { db, startErasure } = createErasure();
  const results = await Promise.allSettled([1, 2, 3].map(() => startErasure()));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await startErasure();
  expect(db.erasedCustomers.all()).toHaveLength(1);
});

it('boundary: the same user of another tenant is another customer', async () => {
  const { db, run, userId, startErasure } = createErasure();
  await startErasure();
  await run.startCustomerErasure({ payload: { userId } }, createContext());
  expect(db.erasedCustomers.all().map(({ customerId }) => customerId)).toEqual([userId, userId]);
});

it('leaves no id of the user in the journal', async () => {
  const { db, userId, startErasure } = createErasure();
  await startErasure();
  expect(db.journalRows()).toMatchObject([
    { operation: 'test', changes: [{ kind: 'insert', collection: 'erasedCustomers', after: { customerId: '[pii]' } }] },
  ]);
  expect(JSON.stringify(db.journalRows())).not.toContain(userId);
});
