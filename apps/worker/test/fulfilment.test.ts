import { randomBytes } from 'node:crypto';
import type { Ctx } from '@plinth/data-kit';
import { openTestDatastore } from '@plinth/mongo/testing';
import { modules } from '@plinth/platform/modules';
import { type Module, systemClock, systemIds } from '@plinth/service-kit';
import { createContext, createId, type StripeServer, startStripeServer } from '@plinth/testing';
import { type Child, nodeCommand, startChild } from '@plinth/testing/process';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';

const heavy = process.env['PLINTH_HEAVY'] === '1';
const script = new URL('./fulfilment-process.ts', import.meta.url);
const ordersModule = modules.find(({ name }) => name === 'orders') as Module;
const options = { clock: systemClock, ids: systemIds };

type Order = { readonly id: string };
type Body = Readonly<Record<string, never>>;

/** The orders domain on the databases of the test run, as a service has it. */
const openOrders = async () => {
  const datastore = await openTestDatastore();
  const store = datastore.open(ordersModule, options);
  await store.prepare();
  const { service } = ordersModule.create({ ...store.collections, ...store, ...options } as never);
  const ctx = createContext();
  const call = (operation: string, input: object): Promise<Body> => {
    const own: Ctx = { ...ctx, deadline: Date.now() + 10_000 };
    const work = async () => service[operation]?.(input as never, own as never);
    return store.unitOfWork.run(own, work, { operation }) as Promise<Body>;
  };
  return { datastore, call };
};

let stripe: StripeServer;
let orders: Awaited<ReturnType<typeof openOrders>>;
let env: Record<string, string>;
const workers: Child[] = [];

const startWorker = async (): Promise<Child> => {
  const worker = startChild(nodeCommand(script), { env });
  workers.push(worker);
  await worker.request();
  return worker;
};

beforeAll(async () => {
  [stripe, orders] = await Promise.all([startStripeServer(), openOrders()]);
  env = {
    MONGODB_URI: String(process.env['MONGODB_URI']),
    MONGODB_DATABASE_PREFIX: orders.datastore.databasePrefix,
    REDIS_URL: String(process.env['REDIS_URL']),
    REDIS_KEY_PREFIX: `t${randomBytes(6).toString('hex')}_`,
    STRIPE_URL: stripe.url,
  };
});
beforeEach(() => {
  stripe.onRequest = () => undefined;
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.end()));
  await Promise.all([stripe.close(), orders.datastore.close()]);
});

const place = async (): Promise<Order> => {
  const price = { amount: 1250, currency: 'EUR' };
  const body = { sku: createId(), name: 'Tea', price, stock: 40 };
  const { id: productId } = await orders.call('createProduct', { body });
  const shippingAddress = { recipient: 'Ada', street: 'A 1', city: 'London', country: 'GB' };
  const order = { customer: { reference: 'C-1' }, lines: [{ productId, quantity: 3 }], shippingAddress };
  return orders.call('placeOrder', { body: order }) as Promise<never>;
};
const start = async (paymentMethod = 'pm_card_visa'): Promise<Order> => {
  const order = await place();
  await orders.call('startFulfilment', { id: order.id, body: { paymentMethod, shipWithinHours: 1 } });
  return order;
};
const waitFor = (order: Order, status: string) =>
  vi.waitFor(async () => expect(await orders.call('getFulfilment', { id: order.id })).toMatchObject({ status }), {
    timeout: 40_000,
    interval: 50,
  });

/** The provider keeps what orders have paid and not refunded, and each item has one place. */
const expectConserved = async (): Promise<void> => {
  const all = await orders.datastore.raw('orders', 'orders').all();
  const kept = all.map((order) => Number(order['paidAmount']) - Number(order['refundedAmount']));
  expect(stripe.ledger.balance()).toBe(kept.reduce((sum, amount) => sum + amount, 0));
  const products = await orders.datastore.raw('orders', 'products').all();
  const sold = all.filter((order) => order['status'] !== 'cancelled').length;
  expect(products.reduce((sum, product) => sum + Number(product['stock']), 0)).toBe(40 * products.length - 3 * sold);
};

it('integrity: a worker that is killed between the charge and its commit has charged once', async () => {
  const killed = await startWorker();
  let key: string | undefined;
  stripe.onRequest = async (request) => {
    if (key !== undefined) return undefined;
    key = request.key;
    await killed.end('SIGKILL');
    // The money moves, and no process learns of it.
    return 'lost';
  };
  const order = await start();
  await killed.exited;
  expect(await orders.call('getOrder', { id: order.id, query: {} })).toMatchObject({ status: 'placed' });
  await startWorker();
  await waitFor(order, 'shipping');
  expect(stripe.requests.filter((request) => request.key === key)).toHaveLength(2);
  expect(stripe.ledger.charges.size).toBe(1);
  await expectConserved();
});

it('completes with the shipment, and compensates a decline, a cancellation and a timer that fires', async () => {
  const [shipped, cancelled, late, declined] = [
    await start(),
    await start(),
    await start(),
    await start('pm_card_visa_chargeDeclined'),
  ];
  await waitFor(declined, 'cancelled');
  for (const order of [shipped, cancelled, late]) await waitFor(order, 'shipping');
  await orders.call('shipOrder', { id: shipped.id, body: {} });
  await orders.call('cancelOrder', { id: cancelled.id });
  const { id } = await orders.call('getFulfilment', { id: late.id });
  // As when the hour has passed.
  const inbox = orders.datastore.client.db(`${orders.datastore.databasePrefix}orders`).collection('inbox');
  const due = { $set: { state: 'ready' }, $unset: { dueAt: true } };
  const timer = { consumer: 'time-out-fulfilment', 'event.payload.fulfilmentId': id };
  expect(await inbox.updateOne(timer, due)).toMatchObject({ matchedCount: 1 });
  await waitFor(shipped, 'completed');
  for (const order of [cancelled, late]) await waitFor(order, 'cancelled');
  await expectConserved();
});

// The breaker stays open for 30 seconds.
it.runIf(heavy)(
  'a provider that is away opens the breaker, and later each order is charged once',
  async () => {
    const worker = workers.at(-1) as Child;
    stripe.onRequest = () => 'away';
    const waiting = await Promise.all([1, 2, 3, 4, 5].map(() => start()));
    await vi.waitFor(async () => expect(await worker.request({})).toBe('open'), { timeout: 20_000, interval: 100 });
    for (const { id } of waiting) {
      expect(await orders.call('getFulfilment', { id })).toMatchObject({ status: 'charging' });
    }
    const before = stripe.ledger.charges.size;
    stripe.onRequest = () => undefined;
    for (const order of waiting) await waitFor(order, 'shipping');
    expect(stripe.ledger.charges.size).toBe(before + 5);
    await expectConserved();
  },
  120_000,
);
