import { setTimeout as sleep } from 'node:timers/promises';
import { defineEvents, Id } from '@plinth/contract-kit';
import { type ReplicaSet, startReplicaSet } from '@plinth/dev-databases';
import { createContext, createId, createIds } from '@plinth/testing';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDatastore } from '../src/datastore.ts';
import { clientSettings } from '../src/settings.ts';

const isHeavy = process.env['PLINTH_HEAVY'] === '1';
/** Longer than every timeout of the driver and the server; in full size also longer than the overlap of a restart by time. */
const stallMs = isHeavy ? 130_000 : 11_000;
/** While the server responds, a subscription is at most this old: it looks every second, and a busy machine is late. */
const freshMs = 5000;

const { boxMoved: moved } = defineEvents('boxes', { aggregate: { id: Id }, events: { boxMoved: {} } });
const clock = { now: () => new Date() };

type Cleanup = (work: () => Promise<void>) => void;

let replicaSet: ReplicaSet;

beforeAll(async () => {
  replicaSet = await startReplicaSet();
}, 120_000);

afterAll(() => replicaSet.close());

const connect = async (appName: string, onTestFinished: Cleanup) => {
  const client = await new MongoClient(replicaSet.uri, { ...clientSettings(8), appName }).connect();
  const datastore = createDatastore({ client, databasePrefix: 'outage_', cursorSecrets: ['not used'] });
  onTestFinished(() => datastore.close());
  return { client, datastore };
};

/** Subscribes to the events of a new module, in a client of its own, and emits them by another. */
const openFixture = async (onTestFinished: Cleanup) => {
  const name = `m${createId().slice(-12)}`;
  const writer = await connect('writer', onTestFinished);
  const reader = await connect(name, onTestFinished);
  const module = writer.datastore.open({ name, collections: {} }, { clock, ids: createIds(clock) });
  await module.prepare();
  const ids = new Set<string>();
  const [onDisconnect, onReconnect] = [vi.fn(), vi.fn()];
  const options = { module: name, events: [moved], since: new Date(), onDisconnect, onReconnect };
  const subscription = await reader.datastore.subscribe(options, ({ aggregateId }) => void ids.add(aggregateId));
  onTestFinished(() => subscription.stop());
  const emit = async (id = createId()) => {
    const ctx = createContext();
    const work = async () => module.events.emit(ctx, moved, { id });
    await module.unitOfWork.run(ctx, work, { operation: 'emit' }).catch(() => undefined);
    return id;
  };
  const admin = writer.client.db('admin');
  return {
    ids,
    onDisconnect,
    onReconnect,
    emit,
    ageMs: subscription.ageMs,
    client: writer.client,
    /** Makes the reads of the subscription fail, and resolves when it has noticed. */
    disconnect: async (failure: object) => {
      const data = { failCommands: ['aggregate', 'getMore'], appName: name, ...failure };
      await admin.command({ configureFailPoint: 'failCommand', mode: 'alwaysOn', data });
      await vi.waitFor(() => expect(onDisconnect).toHaveBeenCalledOnce(), 15_000);
      await admin.command({ configureFailPoint: 'failCommand', mode: 'off' });
    },
  };
};

const connectionLost = { closeConnection: true };
const historyLost = { errorCode: 286, errorLabels: ['NonResumableChangeStreamError'] };

it('reports a growing age while the server does not respond', async ({ onTestFinished }) => {
  const { ageMs } = await openFixture(onTestFinished);
  expect(ageMs()).toBeLessThan(freshMs);
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

it(
  'integrity: delivers what was written while the majority was stopped for longer than every timeout, even when the connection or the history of the stream is lost meanwhile',
  async ({ onTestFinished }) => {
    const first = await openFixture(onTestFinished);
    const second = await openFixture(onTestFinished);
    const both = [first, second];
    for (const { ids, emit } of both) {
      const before = await emit();
      await vi.waitFor(() => expect(ids).toContain(before), 15_000);
    }
    const resume = await replicaSet.pauseSecondaries();
    let pending: Promise<string>[];
    try {
      const startedAt = performance.now();
      pending = both.map(({ emit }) => emit());
      await sleep(stallMs);
      // The server responds without the event, so the subscription must not count as current.
      for (const { ageMs } of both) expect(ageMs()).toBeGreaterThan(performance.now() - startedAt - 1000);
      await first.disconnect(connectionLost);
      await second.disconnect(historyLost);
      await sleep(3000);
      for (const { onReconnect, ids } of both) {
        expect(onReconnect).not.toHaveBeenCalled();
        expect(ids.size).toBe(1);
      }
    } finally {
      resume();
    }
    const delivered = both.map(
      ({ onReconnect, ids }) =>
        new Promise<number>((resolve) => onReconnect.mockImplementation(() => resolve(ids.size))),
    );
    // Two when the subscription counts as current again: nothing is delivered only afterwards.
    expect(await Promise.all(delivered)).toEqual([2, 2]);
    for (const [index, { ids, onReconnect, ageMs }] of both.entries()) {
      expect(ids).toContain(await pending[index]);
      expect(onReconnect).toHaveBeenCalledOnce();
      await vi.waitFor(() => expect(ageMs()).toBeLessThan(freshMs), 15_000);
    }
  },
  stallMs + 90_000,
);

describe.concurrent('while the server responds', { retry: 3 }, () => {
  it('reports a low age without events', async ({ expect, onTestFinished }) => {
    const { ageMs } = await openFixture(onTestFinished);
    for (let step = 0; step < 12; step += 1) {
      expect(ageMs()).toBeLessThan(freshMs);
      await sleep(500);
    }
  });

  it('reports a low age while an event arrives before every response', async ({ expect, onTestFinished }) => {
    const { ageMs, emit, ids } = await openFixture(onTestFinished);
    const startedAt = performance.now();
    while (performance.now() < startedAt + 6000) {
      await emit();
      expect(ageMs()).toBeLessThan(freshMs);
      await sleep(50);
    }
    expect(ids.size).toBeGreaterThan(20);
  });

  it('reports a low age even after a failed write, which takes a cluster time without being stored', async ({
    expect,
    onTestFinished,
  }) => {
    const { ageMs, client } = await openFixture(onTestFinished);
    const collection = client.db('outage_failed').collection<{ _id: number }>('numbers');
    await collection.insertOne({ _id: 1 });
    await expect(collection.insertOne({ _id: 1 })).rejects.toMatchObject({ code: 11_000 });
    // For longer than that.
    for (let step = 0; step < 12; step += 1) {
      expect(ageMs()).toBeLessThan(freshMs);
      await sleep(500);
    }
  });
});
