import type { Consumer, Ctx, Draft } from '@plinth/data-kit';
import { Entity } from '@plinth/data-kit';
import type { OrderDocument } from '@plinth/models/orders';
import { createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createShop, prepareOrder, statuses } from '../test/shop.ts';
import { createVoucherInput } from '../testing/index.ts';
import { unpaidMsMax } from './cancel-unpaid-orders.ts';
import { cancelUnpaidOrder, cancelUnpaidOrders } from './index.ts';

const jobs: readonly Consumer[] = [cancelUnpaidOrder, cancelUnpaidOrders];

const openShop = () => {
  const shop = createShop();
  const { db, owner } = shop;
  const { inbox, unitOfWork } = db.store;
  /** Attempts the jobs that are ready, as a worker does, until none is left. */
  const runJobs = async (): Promise<void> => {
    for (const { _id, tenantId, consumer, event } of db.messages().filter(({ state }) => state === 'ready')) {
      const ctx = createContext({ tenantId });
      const job = jobs.find(({ name }) => name === consumer);
      const handle = async () => job?.handle(db as never)(event as never, ctx);
      await unitOfWork.run(ctx, handle, { operation: consumer, consumes: _id });
    }
    if (db.messages().some(({ state }) => state === 'ready')) await runJobs();
  };
  /** Stores the job of the time that is so long after the present. */
  const plan = async (ms = unpaidMsMax): Promise<void> => {
    const ctx = createContext({ tenantId: owner.tenantId });
    const plannedAt = new Date(db.clock.now().getTime() + ms);
    const enqueue = async () => db.jobs.enqueue(ctx, cancelUnpaidOrders, { input: { plannedAt } });
    await unitOfWork.run(ctx, enqueue, { operation: 'plan' });
  };
  return { ...shop, inbox, runJobs, plan };
};

it('cancels an order that is unpaid for 14 days, and returns its items and its voucher', async () => {
  const shop = openShop();
  const rule = await shop.createRule(createVoucherInput({ code: 'FIVE' }));
  const product = await shop.createProduct({ stock: 40 });
  const order = await shop.placeOrder([[product, 3]], { voucherCode: 'FIVE' });
  expect(shop.getUses(rule)).toBe(1);
  const events = await shop.collectEvents(async () => {
    await shop.plan();
    await shop.runJobs();
  });
  expect(shop.storedOrder(order)).toMatchObject({ status: 'cancelled', paidAmount: 0, refundedAmount: 0 });
  expect([shop.getStock(product), shop.getUses(rule)]).toEqual([40, 0]);
  const refunded = { amount: 0, currency: 'EUR' };
  expect(events).toMatchObject([{ name: 'orders.order-cancelled', payload: { orderId: order.id, refunded } }]);
  expect(shop.db.journalRows().at(-1)?.operation).toBe('cancel-unpaid-order');
});

it('boundary: leaves an order that is unpaid for a millisecond less', async () => {
  const shop = openShop();
  const { order } = await shop.orderOne();
  await shop.plan(unpaidMsMax - 1);
  await shop.runJobs();
  expect(shop.storedOrder(order)?.status).toBe('placed');
});

it('leaves an order that its fulfilment charges', async () => {
  const shop = openShop();
  const { order } = await shop.orderOne();
  await shop.run.startFulfilment({ id: order.id, body: { paymentMethod: 'pm_card_visa', shipWithinHours: 1 } });
  await shop.plan();
  const before = shop.storedOrder(order);
  await shop.runJobs();
  expect(shop.storedOrder(order)).toEqual(before);
});

it.each(statuses.filter((status) => status !== 'placed'))('leaves a %s order as it is', async (status) => {
  const shop = openShop();
  await prepareOrder[status](shop);
  await shop.expectUnchanged(async () => {
    await shop.plan();
    await shop.runJobs();
  });
});

it('leaves the orders of other tenants, whose own run cancels them', async () => {
  const shop = openShop();
  const { order } = await shop.orderOne();
  const other = openShop();
  await other.plan();
  await other.runJobs();
  expect(shop.storedOrder(order)?.status).toBe('placed');
});

it.each([1, 100, 101, 250])('boundary: cancels each of %i orders, page by page', async (count) => {
  const shop = openShop();
  const { order, product } = await shop.orderOne(1);
  const stored = Object.entries(shop.storedOrder(order) ?? {});
  const draft = Object.fromEntries(stored.filter(([name]) => !Object.hasOwn(Entity.shape, name)));
  const insertCopies = async (copies: number, ctx: Ctx): Promise<void> => {
    for (let copy = 0; copy < copies; copy += 1) shop.db.orders.for(ctx).insert(draft as Draft<OrderDocument>);
  };
  await shop.db.unitOfWork(insertCopies)(count - 1, shop.owner);
  await shop.plan();
  await shop.runJobs();
  expect(shop.db.orders.all().filter(({ status }) => status === 'cancelled')).toHaveLength(count);
  expect(shop.getStock(product)).toBe(39 + count);
});

it('race: an order that is paid meanwhile stays paid', async () => {
  const shop = openShop();
  const { order, product } = await shop.orderOne();
  await shop.plan();
  const results = await Promise.allSettled([shop.pay(order), shop.runJobs()]);
  expect(results[0]).toMatchObject({ status: 'fulfilled' });
  await shop.runJobs();
  expect(shop.storedOrder(order)).toMatchObject({ status: 'paid', refundedAmount: 0 });
  expect(shop.getStock(product)).toBe(37);
});

it('race: a payment between the read and the commit of the job fails the job', async () => {
  const shop = openShop();
  const { order } = await shop.orderOne();
  const ctx = createContext({ tenantId: shop.owner.tenantId });
  const cancelling = shop.db.store.unitOfWork.run(
    ctx,
    async () => {
      await cancelUnpaidOrder.handle(shop.db)({ payload: { orderId: order.id } } as never, ctx);
      await shop.pay(order);
    },
    { operation: 'cancel' },
  );
  await expect(cancelling).rejects.toMatchObject({ code: 'conflict' });
  expect(shop.storedOrder(order)?.status).toBe('paid');
});

it('integrity: runs that overlap enqueue one job for an order', async () => {
  const shop = openShop();
  const { product } = await shop.orderOne();
  await Promise.all([shop.plan(), shop.plan(unpaidMsMax + 1)]);
  await shop.runJobs();
  expect(shop.db.messages().filter(({ consumer }) => consumer === cancelUnpaidOrder.name)).toHaveLength(1);
  expect(shop.getStock(product)).toBe(40);
});
