import type { Ctx, TraceBatch } from '@plinth/data-kit';
import { createContext, createId, createIds } from '@plinth/testing';
import { createDatabasePrefix } from '@plinth/testing/process';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatastore } from '../src/datastore.ts';
import { clientSettings } from '../src/settings.ts';
import { createNote, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

const clock = { now: () => new Date() };
const tenantId = createId();
const context = () => createContext({ tenantId, deadline: Date.now() + 20_000 });
const contexts = Array.from({ length: 20 }, context);

describe('connection statistics', () => {
  const databasePrefix = createDatabasePrefix();
  const client = new MongoClient(String(process.env['MONGODB_URI']), {
    ...clientSettings(2),
    waitQueueTimeoutMS: 1500,
  });
  const datastore = createDatastore({ client, cursorSecrets: ['secret'], databasePrefix });

  beforeAll(async () => {
    await client.connect();
    await client.db(`${databasePrefix}pool`).collection('slow').insertOne({});
  });
  afterAll(() => client.close());

  const pool = () => datastore.stats?.().pool;
  const sleepMs = (ms: number) =>
    client
      .db(`${databasePrefix}pool`)
      .collection('slow')
      .findOne({ $where: `sleep(${ms}) || true` });

  it('count open, used and awaited connections', async () => {
    expect(pool()).toMatchObject({ sizeMax: 2, checkedOut: 0, waiting: 0, failed: 0 });
    const queries = [sleepMs(3000), sleepMs(3000), sleepMs(0).catch(() => undefined)];
    await expect.poll(pool).toMatchObject({ size: 2, checkedOut: 2, waiting: 1 });
    await Promise.all(queries);
    expect(pool()).toEqual({ size: 2, sizeMax: 2, checkedOut: 0, waiting: 0, failed: 1 });
  });

  it('boundary: leave out callers that have left the queue', async () => {
    const db = client.db(`${databasePrefix}pool`);
    const busy = [sleepMs(1400), sleepMs(1400)];
    await expect.poll(pool).toMatchObject({ checkedOut: 2 });
    const leaving = new AbortController();
    const leavers = Array.from({ length: 1000 }, () =>
      db.command({ ping: 1 }, { signal: leaving.signal }).catch((error: unknown) => error),
    );
    await expect.poll(pool).toMatchObject({ waiting: 1000 });
    leaving.abort();
    await Promise.all([...leavers, ...busy]);
    await expect.poll(pool).toMatchObject({ checkedOut: 0, waiting: 0 });
    await db.command({ ping: 1 });
    expect(pool()).toMatchObject({ checkedOut: 0, waiting: 0 });
  });

  it('boundary: leave them out even while every connection stays busy', async () => {
    const db = client.db(`${databasePrefix}pool`);
    const working = new AbortController();
    const workers = Array.from({ length: 4 }, async () => {
      while (!working.signal.aborted) await sleepMs(20);
    });
    await expect.poll(pool).toMatchObject({ checkedOut: 2, waiting: 2 });
    const leaving = new AbortController();
    const leavers = Array.from({ length: 1000 }, () =>
      db.command({ ping: 1 }, { signal: leaving.signal }).catch((error: unknown) => error),
    );
    await expect.poll(() => pool()?.waiting).toBeGreaterThan(900);
    leaving.abort();
    await Promise.all(leavers);
    await expect.poll(() => pool()?.waiting, { timeout: 1500, interval: 5 }).toBeLessThan(5);
    working.abort();
    await Promise.all(workers);
    await expect.poll(pool).toMatchObject({ checkedOut: 0, waiting: 0 });
  });

  it('are zero after closing', async () => {
    await client.db(`${databasePrefix}pool`).dropDatabase();
    await datastore.close();
    expect(pool()).toMatchObject({ size: 0, checkedOut: 0, waiting: 0 });
  });
});

describe('commit statistics', () => {
  const datastore = useDatastore();
  const batches: { kind: string; requests: readonly Ctx[] }[] = [];
  const traceBatch: TraceBatch = (kind, requests, work) => {
    batches.push({ kind, requests });
    return work();
  };
  const open = () =>
    datastore.current.open({ name: 'stats', collections: { notes } }, { clock, ids: createIds(clock), traceBatch });
  let store: ReturnType<typeof open>;
  beforeAll(async () => {
    store = open();
    await store.prepare();
  });
  const insert = (ctx: Ctx, note = createNote()) =>
    store.unitOfWork.run(ctx, async () => store.collections.notes.for(ctx).insert(note), { operation: 'stats' });
  const counts = () => datastore.current.stats?.().commits.find(({ module }) => module === 'stats');

  it('count write sets and transactions, and a batch has the contexts of its requests', async () => {
    await Promise.all(contexts.map((ctx) => insert(ctx)));
    const { groups = 0, sets, splits } = counts() ?? {};
    expect({ sets, splits }).toEqual({ sets: 20, splits: 0 });
    expect(groups).toBeLessThanOrEqual(3);
    expect(batches.map(({ kind }) => kind)).toEqual(Array.from({ length: groups }, () => 'commit'));
    expect(new Set(batches.flatMap(({ requests }) => requests))).toEqual(new Set(contexts));
  });

  it('count the splits of groups', async () => {
    const taken = createNote();
    await insert(context(), taken);
    const outcomes = await Promise.allSettled([insert(context()), insert(context(), taken), insert(context())]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(counts()?.splits).toBeGreaterThan(0);
  });

  it('have the contexts of all reads that share a command', async () => {
    const { _id } = await insert(context());
    batches.length = 0;
    await Promise.all(contexts.map((ctx) => store.collections.notes.for(ctx).get(_id)));
    expect(batches).toEqual([{ kind: 'read', requests: contexts }]);
  });
});
