import { randomBytes } from 'node:crypto';
import { type Collection, type Ctx, type OperationChunkDocument, toChunkText } from '@plinth/data-kit';
import { openTestDatastore, type TestDatastore } from '@plinth/mongo/testing';
import { modules } from '@plinth/platform/modules';
import { type Module, systemClock, systemIds } from '@plinth/service-kit';
import { createContext, createId } from '@plinth/testing';
import { type Child, nodeCommand, startChild } from '@plinth/testing/process';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

const script = new URL('./fulfilment-process.ts', import.meta.url);
const ordersModule = modules.find(({ name }) => name === 'orders') as Module;
const options = { clock: systemClock, ids: systemIds };
const linesMax = 3000;

const owner = createContext();
let datastore: TestDatastore;
const workers: Child[] = [];

beforeAll(async () => {
  datastore = await openTestDatastore();
  await datastore.open(ordersModule, options).prepare();
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.end()));
  await datastore.close();
});

const env = { REDIS_KEY_PREFIX: `t${randomBytes(6).toString('hex')}_` };
const startWorker = async (): Promise<Child> => {
  const worker = startChild(nodeCommand(script), {
    env: {
      ...env,
      MONGODB_URI: String(process.env['MONGODB_URI']),
      MONGODB_DATABASE_PREFIX: datastore.databasePrefix,
      REDIS_URL: String(process.env['REDIS_URL']),
      // No import calls it.
      STRIPE_URL: 'http://127.0.0.1:9',
    },
  });
  workers.push(worker);
  await worker.request();
  return worker;
};

/** Starts an import of products, as a host does after it has stored the file. */
const startImport = async (): Promise<string> => {
  const store = datastore.open(ordersModule, options);
  const { service } = ordersModule.create({ ...store.collections, ...store, ...options } as never);
  const ctx = (): Ctx => ({ ...owner, deadline: Date.now() + 10_000 });
  const operationId = createId();
  const chunks = store.collections['operationChunks'] as unknown as Collection<OperationChunkDocument, 'insert'>;
  const storeChunks = ctx();
  const insert = async (): Promise<void> => {
    for (let index = 0; index * 100 < linesMax; index += 1) {
      const lines = Array.from({ length: 100 }, (_, offset) => {
        const line = index * 100 + offset + 1;
        return { line, text: JSON.stringify({ sku: `P-${line}`, name: 'Tea', price: { amount: 1, currency: 'EUR' } }) };
      });
      chunks.for(storeChunks).insert({ operationId, index, chunkText: toChunkText(lines) });
    }
  };
  await store.unitOfWork.run(storeChunks, insert, { operation: 'importProducts' });
  const started = ctx();
  const input = { upload: { operationId, lines: linesMax } } as never;
  await store.unitOfWork.run(started, async () => service['importProducts']?.(input, started as never), {
    operation: 'importProducts',
  });
  return operationId;
};

const getOperation = async (id: string) =>
  (await datastore.raw('orders', 'operations').all()).find(({ _id }) => _id === id) ?? {};

it('integrity: workers that are killed between and within pieces create the product of each line once', async () => {
  const id = await startImport();
  for (const done of [200, 500]) {
    const killed = await startWorker();
    const reached = async () => expect(Number((await getOperation(id))['done'])).toBeGreaterThanOrEqual(done);
    await vi.waitFor(reached, { timeout: 40_000, interval: 5 });
    await killed.end('SIGKILL');
    await killed.exited;
  }
  expect(await getOperation(id)).toMatchObject({ status: 'running' });
  await startWorker();
  const ended = async () => expect(await getOperation(id)).toMatchObject({ status: 'succeeded' });
  await vi.waitFor(ended, { timeout: 40_000, interval: 50 });
  expect(await getOperation(id)).toMatchObject({ done: linesMax, failed: 0, pieces: linesMax / 100 });
  const products = await datastore.raw('orders', 'products').all();
  expect(new Set(products.map(({ sku }) => sku)).size).toBe(linesMax);
  expect(products).toHaveLength(linesMax);
  const rows = await datastore.raw('orders', 'journal').all();
  const events = rows.flatMap((row) => row['events'] as readonly { name: string }[]);
  expect(events.filter(({ name }) => name === 'orders.product-created')).toHaveLength(linesMax);
  expect(await datastore.raw('orders', 'operationChunks').all()).toEqual([]);
}, 120_000);
