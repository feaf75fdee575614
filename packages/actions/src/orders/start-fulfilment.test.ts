import { createContext } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { createFulfilment, prepareCharged } from './test/fulfilment.ts';
import { prepareOrder, statuses } from './test/shop.ts';
import { fakePayments, paymentsSuite } from './testing/index.ts';

const hourMs = 3_600_000;

describe('the fake of payments', () => paymentsSuite(fakePayments));

it('starts a fulfilment that owns the order, and enqueues the charge', async () => {
  const shop = createFulfilment();
  const { order } = await shop.orderOne();
  const events = await shop.collectEvents(async () =>
    expect(await shop.start(order)).toMatchObject({
      orderId: order.id,
      status: 'charging',
      amount: { amount: 3750, currency: 'EUR' },
      refunded: { amount: 0, currency: 'EUR' },
      history: [{ status: 'charging' }],
    }),
  );
  const { _id: fulfilmentId } = shop.storedFulfilment(order)!;
  expect(events).toEqual([
    { name: 'orders.fulfilment-started', aggregateId: fulfilmentId, payload: { fulfilmentId, orderId: order.id } },
  ]);
  expect(await shop.run.getOrder({ id: order.id, query: {} })).toMatchObject({ status: 'placed', fulfilmentId });
  expect(shop.db.messages()).toMatchObject([{ consumer: 'charge-fulfilment', state: 'ready' }]);
  expect(shop.payments.keys).toEqual([]);
});

it('charges, waits for the shipment, and completes', async () => {
  const shop = createFulfilment();
  const { order, product } = await prepareCharged(shop);
  const wakeAt = new Date(shop.db.clock.now().getTime() + 72 * hourMs).toISOString();
  expect(await shop.read(order)).toMatchObject({ status: 'shipping', wakeAt, version: 2 });
  expect(shop.storedFulfilment(order)).not.toHaveProperty('paymentMethod');
  expect(shop.storedOrder(order)).toMatchObject({ status: 'paid', paidAmount: 3750 });
  shop.expectConserved();
  await shop.ship(order, [product, 1]);
  await shop.settle();
  expect(await shop.read(order)).toMatchObject({ status: 'partly-shipped' });
  expect(await shop.read(order)).not.toHaveProperty('wakeAt');
  await shop.ship(order);
  const events = await shop.collectEvents(shop.settle);
  expect(events).toMatchObject([{ name: 'orders.fulfilment-completed', payload: { orderId: order.id } }]);
  expect(shop.listStatuses(order)).toEqual(['charging', 'shipping', 'partly-shipped', 'completed']);
  shop.db.clock.advance(100 * hourMs);
  await shop.expectUnchanged(shop.settle);
  shop.expectConserved();
});

it('charges nothing for a total of 0, and refunds nothing', async () => {
  const shop = createFulfilment();
  const gift = await shop.createProduct({ price: { amount: 0, currency: 'EUR' } });
  const order = await shop.placeOrder([[gift, 1]]);
  await shop.start(order);
  await shop.settle();
  expect(shop.storedFulfilment(order)).toMatchObject({ status: 'shipping' });
  await shop.cancel(order);
  await shop.settle();
  expect(shop.storedFulfilment(order)).toMatchObject({ status: 'cancelled', refundedAmount: 0 });
  expect(shop.payments.keys).toEqual([]);
});

describe('compensates', () => {
  it('a declined payment: the order is cancelled and its items return', async () => {
    const shop = createFulfilment();
    const { order, product } = await shop.orderOne();
    await shop.start(order, { paymentMethod: 'pm_card_visa_chargeDeclined' });
    const events = await shop.collectEvents(shop.settle);
    expect(await shop.read(order)).toMatchObject({
      status: 'cancelled',
      history: [{ status: 'charging' }, { status: 'cancelled', reason: 'generic_decline' }],
    });
    expect(shop.storedOrder(order)).toMatchObject({ status: 'cancelled', paidAmount: 0 });
    expect(shop.getStock(product)).toBe(40);
    expect(events.map(({ name }) => name)).toEqual(['orders.order-cancelled', 'orders.fulfilment-cancelled']);
    expect(events[1]?.payload).toMatchObject({ reason: 'generic_decline' });
    shop.expectConserved();
  });

  it('a shipment that has not begun in time: the order is cancelled, its items return, and the charge is refunded', async () => {
    const shop = createFulfilment();
    const { order, product } = await prepareCharged(shop);
    shop.db.clock.advance(72 * hourMs - 1);
    await shop.expectUnchanged(shop.settle);
    shop.db.clock.advance(1);
    const events = await shop.collectEvents(shop.settle);
    expect(shop.listStatuses(order)).toEqual(['charging', 'shipping', 'refunding', 'cancelled']);
    expect(shop.storedFulfilment(order)).toMatchObject({ refundedAmount: 3750 });
    expect(shop.storedOrder(order)).toMatchObject({ status: 'cancelled', refundedAmount: 3750 });
    expect(shop.getStock(product)).toBe(40);
    expect(shop.payments.balance()).toBe(0);
    expect(events.at(-1)?.payload).toMatchObject({ reason: 'not-shipped-in-time' });
    shop.expectConserved();
  });

  it('a cancellation by a user: the charge is refunded, and the timer is stale', async () => {
    const shop = createFulfilment();
    const { order } = await prepareCharged(shop);
    await shop.cancel(order);
    await shop.settle();
    expect(shop.listStatuses(order)).toEqual(['charging', 'shipping', 'cancelled']);
    shop.expectConserved();
    shop.db.clock.advance(100 * hourMs);
    await shop.expectUnchanged(shop.settle);
  });

  it('refunds of parts by a user, also after the end', async () => {
    const shop = createFulfilment();
    const { order } = await prepareCharged(shop);
    await shop.refund(order, 750);
    await shop.settle();
    expect(await shop.read(order)).toMatchObject({ status: 'shipping', refunded: { amount: 750 } });
    await shop.ship(order);
    await shop.settle();
    await shop.refund(order);
    await shop.settle();
    expect(await shop.read(order)).toMatchObject({ status: 'completed', refunded: { amount: 3750 } });
    shop.expectConserved();
  });
});

describe('integrity', () => {
  it.each(['onCall', 'onMoved'] as const)('a crash in the call charges once, with the same key: %s', async (point) => {
    const shop = createFulfilment();
    const { order } = await shop.orderOne();
    await shop.start(order);
    shop.payments[point] = () => {
      throw new Error('The worker has ended.');
    };
    await expect(shop.settle()).rejects.toThrow('The worker has ended.');
    expect(shop.storedOrder(order)).toMatchObject({ status: 'placed', paidAmount: 0 });
    shop.payments[point] = () => undefined;
    await shop.settle();
    expect(shop.storedFulfilment(order)?.status).toBe('shipping');
    const key = `${shop.storedFulfilment(order)?._id}.charge`;
    expect(shop.payments.keys).toEqual([key, key]);
    shop.expectConserved();
  });

  it('a crash in the call refunds once', async () => {
    const shop = createFulfilment();
    const { order } = await prepareCharged(shop);
    await shop.cancel(order);
    shop.payments.onMoved = () => {
      throw new Error('The worker has ended.');
    };
    await expect(shop.settle()).rejects.toThrow('The worker has ended.');
    shop.payments.onMoved = () => undefined;
    await shop.settle();
    expect(new Set(shop.payments.keys.slice(1))).toHaveProperty('size', 1);
    shop.expectConserved();
  });

  it('a new address during the charge fails the commit, and the repetition charges nothing more', async () => {
    const shop = createFulfilment();
    const { order } = await shop.orderOne();
    await shop.start(order);
    const [charge] = await shop.listDue();
    const { version } = shop.storedOrder(order)!;
    const results = await Promise.allSettled([
      shop.attemptJob(charge!),
      shop.update({ id: order.id, version }, { note: 'Ring twice.' }),
    ]);
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    await shop.settle();
    expect(shop.storedOrder(order)).toMatchObject({ status: 'paid', note: 'Ring twice.' });
    shop.expectConserved();
  });

  it('a charge whose outcome is unknown for a day is not sent again', async () => {
    const shop = createFulfilment();
    const { order } = await shop.orderOne();
    await shop.start(order);
    shop.db.clock.advance(24 * hourMs);
    await expect(shop.settle()).rejects.toThrow('is unknown for a day');
    expect(shop.payments.keys).toEqual([]);
  });

  it('a refund that is declined leaves the message for an operator', async () => {
    const shop = createFulfilment();
    const { order } = await prepareCharged(shop);
    await shop.cancel(order);
    shop.payments.refund = async () => ({ status: 'declined', reason: 'charge_disputed' });
    await expect(shop.settle()).rejects.toThrow('was declined: charge_disputed');
    expect(shop.storedFulfilment(order)?.status).toBe('shipping');
  });
});

describe('race', () => {
  it('of several starts one wins, and one charge is made', async () => {
    const shop = createFulfilment();
    const { order } = await shop.orderOne();
    const results = await Promise.allSettled([1, 2, 3].map(() => shop.start(order)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await shop.settle();
    expect(shop.payments.keys).toHaveLength(1);
    await expect(shop.start(order)).rejects.toMatchObject({ code: 'fulfilment-started' });
    shop.expectConserved();
  });

  it('two workers attempt one charge: one commits', async () => {
    const shop = createFulfilment();
    const { order } = await shop.orderOne();
    await shop.start(order);
    const [charge] = await shop.listDue();
    await Promise.allSettled([shop.attemptJob(charge!), shop.attemptJob(charge!)]);
    await shop.settle();
    expect(shop.listStatuses(order)).toEqual(['charging', 'shipping']);
    shop.expectConserved();
  });

  it('a cancellation and a payment by hand are refused while the order is charged', async () => {
    const shop = createFulfilment();
    const { order } = await shop.orderOne();
    await shop.start(order);
    await shop.expectUnchanged(async () => {
      await expect(shop.cancel(order)).rejects.toMatchObject({ code: 'being-charged' });
      await expect(shop.pay(order)).rejects.toMatchObject({ code: 'being-charged' });
    });
  });

  it.each(['cancel', 'pay'] as const)('a start and a %s: one wins, and money and stock add up', async (change) => {
    const shop = createFulfilment();
    const { order } = await shop.orderOne();
    const results = await Promise.allSettled([shop.start(order), shop[change](order)]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await shop.settle();
    const isStarted = results[0]?.status === 'fulfilled';
    expect(shop.payments.balance()).toBe(isStarted ? 3750 : 0);
    if (isStarted || change === 'cancel') shop.expectConserved();
  });

  it('the timer and a shipment: the order is cancelled or shipped, and money and stock add up', async () => {
    const shop = createFulfilment();
    const { order } = await prepareCharged(shop);
    shop.db.clock.advance(72 * hourMs);
    const [timer] = await shop.listDue();
    await Promise.allSettled([shop.ship(order), shop.attemptJob(timer!)]);
    await shop.settle();
    expect(['completed', 'cancelled']).toContain(shop.storedFulfilment(order)?.status);
    shop.expectConserved();
  });

  it('the timer finds an order that was shipped, before the event of the shipment arrives', async () => {
    const shop = createFulfilment();
    const { order } = await prepareCharged(shop);
    await shop.ship(order);
    shop.db.clock.advance(72 * hourMs);
    const [timer] = await shop.listDue();
    await shop.expectUnchanged(() => shop.attemptJob(timer!));
    await shop.settle();
    expect(shop.storedFulfilment(order)?.status).toBe('completed');
    shop.expectConserved();
  });
});

describe('boundary', () => {
  it.each(statuses.filter((status) => status !== 'placed'))('refuses a %s order', async (status) => {
    const shop = createFulfilment();
    const { order } = await prepareOrder[status](shop);
    await shop.expectUnchanged(() => expect(shop.start(order)).rejects.toMatchObject({ code: 'illegal-transition' }));
  });

  it('another tenant’s order and fulfilment do not exist', async () => {
    const shop = createFulfilment();
    const { order } = await prepareCharged(shop);
    const other = createContext();
    const body = { paymentMethod: 'pm_card_visa', shipWithinHours: 1 };
    const missing = { code: 'not-found' };
    await expect(shop.run.startFulfilment({ id: order.id, body }, other)).rejects.toMatchObject(missing);
    await expect(shop.run.getFulfilment({ id: order.id }, other)).rejects.toMatchObject(missing);
  });

  it('an order without a fulfilment has none, and its events concern none', async () => {
    const shop = createFulfilment();
    const { order } = await prepareOrder.paid(shop);
    await expect(shop.read(order)).rejects.toMatchObject({ code: 'not-found' });
    await shop.ship(order);
    await shop.refund(order);
    await shop.settle();
    expect(shop.payments.keys).toEqual([]);
  });
});
