import { setTimeout as sleep } from 'node:timers/promises';
import { defineEvents, Id } from '@plinth/contract-kit';
import { type ReplicaSet, startReplicaSet } from '@plinth/dev-databases';
import { createContext, createId, createIds } from '@plinth/testing';
import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createDatastore } from '../src/datastore.ts';
import { clientSettings } from '../src/settings.ts';

const isHeavy = process.env['PLINTH_HEAVY'] === '1';
/** Longer than every timeout of the driver and the server; in full size also longer than the overlap of a restart by time. */
const stallMs = isHeavy ? 130_000 : 15_000;
/** While the server responds, a subscription is at most this old. */
const freshMs = 3500;

const { boxMoved: moved } = defineEvents('boxes', { aggregate: { id: Id }, events: { boxMoved: {} } });
const clock = { now: () => new Date() };
const closing: (() => unknown)[] = [];

let replicaSet: ReplicaSet;

beforeAll(async () => {
  replicaSet = await startReplicaSet();
}, 120_000);

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

afterAll(() => replicaSet.close());

const connect = async () => {
  const client = await new MongoClient(replicaSet.uri, clientSettings(8)).connect();
  const datastore = createDatastore({ client, databasePrefix: 'outage_', cursorSecrets: ['not used'] });
  closing.push(() => datastore.close());
  return { client, datastore };
};

/** Subscribes to the events of a new module, in a client of its own, and emits them by another. */
const openFixture = async () => {
  const name = `m${createId().slice(-12)}`;
  const [writer, reader] = [await connect(), await connect()];
  const module = writer.datastore.open({ name, collections: {} }, { clock, ids: createIds(clock) });
  await module.prepare();
  const ids = new Set<string>();
  const [onDisconnect, onReconnect] = [vi.fn(), vi.fn()];
  const options = { module: name, events: [moved], since: new Date(), onDisconnect, onReconnect };
  const subscription = await reader.datastore.subscribe(options, ({ aggregateId }) => void ids.add(aggregateId));
  closing.push(() => subscription.stop());
  const emit = async (id = createId()) => {
    const ctx = createContext();
    const work = async () => module.events.emit(ctx, moved, { id });
    await module.unitOfWork.run(ctx, work, { operation: 'emit' }).catch(() => undefined);
    return id;
  };
  return { ids, onDisconnect, onReconnect, emit, ageMs: subscription.ageMs, client: writer.client };
};

const setFailPoint = (client: MongoClient, mode: 'off' | 'alwaysOn', data: object = {}) =>
  client.db('admin').command({ configureFailPoint: 'failCommand', mode, ...(mode !== 'off' && { data }) });

const historyLost = {
  failCommands: ['aggregate', 'getMore'],
  errorCode: 286,
  errorLabels: ['NonResumableChangeStreamError'],
};

it('is young while the server responds, and older for as long as it does not', async () => {
  const { ageMs } = await openFixture();
  for (let step = 0; step < 8; step += 1) {
    expect(ageMs()).toBeLessThan(freshMs);
    await sleep(500);
  }
  const { pid } = await replicaSet.getPrimary();
  process.kill(pid, 'SIGSTOP');
  try {
    await sleep(5000);
    expect(ageMs()).toBeGreaterThan(5000);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await vi.waitFor(() => expect(ageMs()).toBeLessThan(freshMs), 20_000);
}, 60_000);

it.each([
  ['its connection is lost', { failCommands: ['aggregate', 'getMore'], closeConnection: true }],
  ['its history is lost', historyLost],
])(
  'integrity: delivers what was written while the majority was stopped for longer than every timeout, also when %s meanwhile',
  async (_, failure) => {
    const { ids, emit, ageMs, onDisconnect, onReconnect, client } = await openFixture();
    const before = await emit();
    await vi.waitFor(() => expect(ids).toContain(before), 10_000);
    const resume = await replicaSet.pauseSecondaries();
    let pending: Promise<string>;
    try {
      const startedAt = performance.now();
      pending = emit();
      await sleep(stallMs);
      // The server responds without the event, so the subscription must not count as current.
      expect(ageMs()).toBeGreaterThan(performance.now() - startedAt - 1000);
      await setFailPoint(client, 'alwaysOn', failure);
      await vi.waitFor(() => expect(onDisconnect).toHaveBeenCalledOnce(), 10_000);
      await setFailPoint(client, 'off');
      await sleep(3000);
      expect(onReconnect).not.toHaveBeenCalled();
      expect(ids.size).toBe(1);
    } finally {
      await setFailPoint(client, 'off');
      resume();
    }
    let delivered: number | undefined;
    onReconnect.mockImplementation(() => (delivered ??= ids.size));
    await vi.waitFor(() => expect(onReconnect).toHaveBeenCalledOnce(), 30_000);
    expect(ids).toContain(await pending);
    expect(delivered).toBe(2);
    await vi.waitFor(() => expect(ageMs()).toBeLessThan(freshMs), 10_000);
  },
  stallMs + 90_000,
);

it('is young while an event arrives before every response', async () => {
  const { ageMs, emit, ids } = await openFixture();
  const startedAt = performance.now();
  while (performance.now() < startedAt + 6000) {
    await emit();
    expect(ageMs()).toBeLessThan(freshMs);
  }
  expect(ids.size).toBeGreaterThan(20);
}, 30_000);

it('is young also after a write that failed, which takes a cluster time without being stored', async () => {
  const { ageMs, client } = await openFixture();
  const collection = client.db('outage_failed').collection<{ _id: number }>('numbers');
  await collection.insertOne({ _id: 1 });
  await expect(collection.insertOne({ _id: 1 })).rejects.toMatchObject({ code: 11_000 });
  for (let step = 0; step < 10; step += 1) {
    expect(ageMs()).toBeLessThan(freshMs);
    await sleep(500);
  }
}, 30_000);
