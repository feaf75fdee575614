import type { Ctx, ModuleStore } from '@plinth/data-kit';
import { openTestDatastore } from '@plinth/mongo/testing';
import { modules } from '@plinth/platform/modules';
import { createWorker, systemClock, systemIds } from '@plinth/service-kit';
import { createMetrics } from '@plinth/telemetry';
import { createContext, fakeQueues } from '@plinth/testing';
import { expect, it, onTestFinished, vi } from 'vitest';
import { logger } from './fixture.ts';

type Operation = (input: object, ctx: Ctx) => Promise<{ readonly id: string }>;

/** Opens the modules of the platform with their operations, and runs the worker of users and orders. */
const openPlatform = async () => {
  const datastore = await openTestDatastore();
  const queues = fakeQueues();
  const options = { clock: systemClock, ids: systemIds };
  const runs = ['users', 'orders'];
  const ports = { orders: {} };
  const worker = createWorker({
    modules,
    runs,
    ports,
    datastore,
    queues,
    logger,
    metrics: createMetrics(),
    ...options,
  });
  await worker.prepare();
  worker.start();
  const owner = createContext();
  /** Runs an operation as a host does. */
  const run = async (name: string, operation: string, input: object): Promise<{ readonly id: string }> => {
    const module = modules.find((other) => other.name === name);
    if (!module) throw new TypeError(`There is no module '${name}'.`);
    const store: ModuleStore<object> = datastore.open(module as never, options);
    const { service } = module.create({ ...store.collections, events: store.events, ...options } as never);
    const ctx = { ...owner };
    return store.unitOfWork.run(ctx, () => (service[operation] as Operation)(input, ctx), { operation });
  };
  onTestFinished(async () => {
    await worker.stop();
    await queues.close();
    await datastore.close();
  });
  return { run, listOrders: () => datastore.raw('orders', 'orders').all() };
};

it('erases the orders of a user who is erased, at once or when they end', async () => {
  const { run, listOrders } = await openPlatform();
  const user = { name: 'Ada Lovelace', email: 'ada@acme.example', role: 'member' };
  const { id: userId } = await run('users', 'createUser', { body: user });
  const product = { sku: 'TEA', name: 'Tea', price: { amount: 1, currency: 'EUR' }, stock: 9 };
  const { id: productId } = await run('orders', 'createProduct', { body: product });
  const shippingAddress = { recipient: 'Ada', street: 'Street 1', city: 'London', country: 'GB' };
  const body = { customer: { userId }, lines: [{ productId, quantity: 1 }], shippingAddress };
  const ended = await run('orders', 'placeOrder', { body });
  const open = await run('orders', 'placeOrder', { body });
  const listErased = async () =>
    (await listOrders()).filter((order) => order['customerErasedAt'] !== undefined).map(({ _id }) => _id);
  await run('orders', 'cancelOrder', { id: ended.id });
  await run('users', 'deleteUser', { id: userId, version: [1] });
  await run('users', 'eraseUser', { id: userId });
  await vi.waitFor(async () => expect(await listErased()).toEqual([ended.id]), { timeout: 60_000 });
  await run('orders', 'cancelOrder', { id: open.id });
  await vi.waitFor(async () => expect(await listErased()).toEqual([ended.id, open.id]), { timeout: 60_000 });
  expect(JSON.stringify(await listOrders())).not.toContain(userId);
});
