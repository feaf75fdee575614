import { createContext, createId } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { createErasure, type Erasure } from '../test/erasure.ts';
import { prepareOrder, statuses } from '../test/shop.ts';

const ended = statuses.filter((status) => ['delivered', 'cancelled', 'refunded'].includes(status));
const open = statuses.filter((status) => !ended.includes(status));

/** Creates an order of the user in a status, whose events have been handled. */
const prepareHandled = async (shop: Erasure, status: (typeof statuses)[number]) => {
  const { order } = await prepareOrder[status](shop);
  await shop.handleEvents();
  return order;
};

describe('erases', () => {
  it.each(ended)('the personal data of a %s order, and changes nothing else of it', async (status) => {
    const shop = createErasure();
    const order = await prepareHandled(shop, status);
    const { note, ...before } = shop.storedOrder(order) ?? {};
    expect(note).toBe('Ring twice.');
    await shop.startErasure();
    shop.db.clock.advance(1000);
    await shop.handleEvents();
    const now = shop.db.clock.now();
    expect(shop.storedOrder(order)).toEqual({
      ...before,
      customerId: '00000000-0000-7000-8000-000000000000',
      shippingAddress: { recipient: '[erased]', street: '[erased]', city: '[erased]', country: 'GB' },
      customerErasedAt: now,
      version: order.version + 1,
      updatedAt: now,
    });
  });

  it('an order without a note, and a postal code', async () => {
    const shop = createErasure();
    const shippingAddress = { recipient: 'Ada', street: 'A 1', postalCode: 'SW1', city: 'London', country: 'GB' };
    const product = await shop.createProduct();
    await shop.cancel(await shop.placeOrder([[product, 1]], { note: undefined, shippingAddress }));
    await shop.eraseCustomer();
    expect(shop.listPersonal()).toEqual([]);
    expect(JSON.stringify(shop.db.orders.all())).not.toContain('SW1');
  });
});

describe('keeps', () => {
  it.each(open)('the personal data of a %s order', async (status) => {
    const shop = createErasure();
    const order = await prepareHandled(shop, status);
    const before = shop.storedOrder(order);
    await shop.eraseCustomer();
    expect(shop.storedOrder(order)).toEqual(before);
  });

  it('ended orders of other customers', async () => {
    const shop = createErasure();
    const product = await shop.createProduct();
    const customers = [{ userId: createId() }, { reference: 'C-1' }, { userId: shop.userId }];
    for (const customer of customers) await shop.cancel(await shop.placeOrder([[product, 1]], { customer }));
    await shop.handleEvents();
    const before = shop.db.orders.all();
    await shop.eraseCustomer();
    const after = shop.db.orders.all();
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after[2]).not.toEqual(before[2]);
  });

  it('ended orders of the same user in another tenant', async () => {
    const shop = createErasure();
    await prepareHandled(shop, 'delivered');
    const before = shop.db.orders.all();
    const other = createContext();
    await shop.run.startCustomerErasure({ payload: { userId: shop.userId } }, other);
    const erasedCustomerId = shop.db.erasedCustomers.all()[0]?._id ?? '';
    await shop.run.eraseEndedOrders({ payload: { erasedCustomerId } }, other);
    expect(shop.db.orders.all()).toEqual(before);
  });
});

it('emits order-customer-erased for each order', async () => {
  const shop = createErasure();
  const order = await prepareHandled(shop, 'delivered');
  const [, ...events] = await shop.collectEvents(shop.eraseCustomer);
  expect(events).toEqual([
    { name: 'orders.order-customer-erased', aggregateId: order.id, payload: { orderId: order.id } },
  ]);
});

it.each([
  [0, 1],
  [1, 1],
  [100, 1],
  [101, 2],
  [250, 3],
])('boundary: %i ended orders take %i units of work', async (count, units) => {
  const shop = createErasure();
  if (count > 0) await shop.addCancelledOrders(count);
  const open = (await shop.orderOne()).order;
  const events = await shop.collectEvents(shop.eraseCustomer);
  const names = events.map(({ name }) => name);
  expect(names.filter((name) => name === 'orders.order-customer-erased')).toHaveLength(count);
  expect(names.filter((name) => name === 'orders.customer-erasure-continued')).toHaveLength(units - 1);
  expect(shop.listPersonal()).toEqual([open.id]);
});

it('changes nothing when the event is repeated', async () => {
  const shop = createErasure();
  await prepareHandled(shop, 'delivered');
  await prepareHandled(shop, 'placed');
  await shop.eraseCustomer();
  const [erased] = shop.db.erasedCustomers.all();
  await shop.expectUnchanged(() => shop.run.eraseEndedOrders({ payload: { erasedCustomerId: erased?._id ?? '' } }));
});

it('integrity: a change of one order meanwhile leaves the others of the page as they are, until the next attempt', async () => {
  const shop = createErasure();
  await shop.addCancelledOrders(2);
  const order = await prepareHandled(shop, 'delivered');
  await shop.startErasure();
  const before = shop.listPersonal();
  const results = await Promise.allSettled([shop.refund(order, 5), shop.handleEvents()]);
  expect(results).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'stale-version' } }]);
  expect(shop.listPersonal()).toEqual(before);
  const [erased] = shop.db.erasedCustomers.all();
  await shop.run.eraseEndedOrders({ payload: { erasedCustomerId: erased?._id ?? '' } });
  expect(shop.listPersonal()).toEqual([]);
  expect(shop.storedOrder(order)).toMatchObject({ refundedAmount: 5 });
});

it('explains the change in the journal without personal data', async () => {
  const shop = createErasure();
  await prepareHandled(shop, 'delivered');
  await shop.eraseCustomer();
  const row = shop.db.journalRows().at(-2);
  expect(row?.changes).toMatchObject([
    {
      kind: 'update',
      collection: 'orders',
      before: { customerId: '[pii]', shippingAddress: '[pii]', note: '[pii]' },
      after: { customerId: '[pii]', shippingAddress: '[pii]', customerErasedAt: shop.db.clock.now() },
    },
  ]);
  expect(JSON.stringify(row)).not.toMatch(/Ada|London|Ring twice/);
  expect(JSON.stringify(row)).not.toContain(shop.userId);
});

it('an erased order can still be refunded', async () => {
  const shop = createErasure();
  const order = await prepareHandled(shop, 'delivered');
  await shop.eraseCustomer();
  const erased = shop.storedOrder(order);
  expect(await shop.refund(order)).toMatchObject({ status: 'refunded', customerErasedAt: expect.any(String) });
  await shop.expectUnchanged(shop.handleEvents);
  expect(shop.storedOrder(order)).toMatchObject({ customerErasedAt: erased?.customerErasedAt });
});
