import { setTimeout as sleep } from 'node:timers/promises';
import { defineEvents, Id } from '@plinth/contract-kit';
import { type Consumer, type Datastore, defineConsumer, type JournalReaderOptions } from '@plinth/data-kit';
import { collectLines, createLogger } from '@plinth/logger';
import { createMetrics } from '@plinth/telemetry';
import { readValue } from '@plinth/telemetry/testing';
import { createContext, createId, type FakeDatabase, fakeDatabase, fakeQueues } from '@plinth/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { defineModule, type Module } from '../../src/module.ts';
import { createWorker } from '../../src/worker/worker.ts';

const { boxMoved } = defineEvents('boxes', { aggregate: { boxId: Id }, events: { boxMoved: {} } });
const { lampLit } = defineEvents('light', { aggregate: { lampId: Id }, events: { lampLit: {} } });

const clock = { now: () => new Date() };

const toModule = (name: string, consumers: readonly Consumer<object>[] = []): Module =>
  defineModule({ name, contracts: [], collections: {}, actions: {}, consumers });

/** A datastore in memory whose journals can be read. */
const createDatastore = () => {
  const databases = new Map<string, FakeDatabase<object>>();
  const get = (name: string): FakeDatabase<object> => {
    const database = databases.get(name) ?? fakeDatabase({});
    databases.set(name, database);
    return database;
  };
  const readJournal = async ({ module, receivers, deliver, signal }: JournalReaderOptions): Promise<void> => {
    for (let read = 0; !signal.aborted; ) {
      const rows = get(module).journalRows().slice(read);
      const entries = rows.map((row, index) => ({ ...row, position: String(read + index).padStart(6, '0') }));
      if (entries.length > 0) await deliver(entries, receivers);
      read += rows.length;
      await sleep(5);
    }
  };
  const datastore: Datastore = {
    open: (module) => get(module.name).store as never,
    subscribe: async () => ({ ageMs: () => 0, stop: async () => undefined }),
    readJournal: vi.fn(readJournal),
    expireJournal: async () => [],
    withLease: (_lease, work) => work(_lease.signal),
    ping: async () => undefined,
    close: async () => undefined,
  };
  return { get, datastore };
};

const start = (modules: readonly Module[], runs = modules.map(({ name }) => name)) => {
  const { get, datastore } = createDatastore();
  const lines = collectLines();
  const metrics = createMetrics();
  const worker = createWorker({
    modules,
    runs,
    datastore,
    queues: fakeQueues(),
    logger: createLogger({ service: 'test', level: 'debug', classified: new Map(), destination: lines }),
    metrics,
    clock,
    ids: { next: createId },
  });
  onTestFinished(worker.stop);
  worker.start();
  const emit = async (module: string, event: typeof boxMoved | typeof lampLit) => {
    const { store } = get(module);
    const ctx = createContext();
    const payload = { boxId: createId(), lampId: createId() };
    const work = async () => store.events.emit(ctx, event as typeof boxMoved, payload);
    await store.unitOfWork.run(ctx, work, { operation: 'emit' });
  };
  return { worker, get, emit, datastore, metrics, lines };
};

describe('a worker', () => {
  it('makes a consumer of a further event a new receiver, so that it misses none that an earlier release has left out', () => {
    const listReceivers = (events: Consumer['events']): readonly string[] => {
      const handle = () => async () => undefined;
      const { datastore } = start([toModule('shelves', [defineConsumer({ name: 'count', events, handle })])]);
      return vi.mocked(datastore.readJournal).mock.calls.flatMap(([{ receivers }]) => receivers);
    };
    const receivers = [[boxMoved], [boxMoved, lampLit], [lampLit, boxMoved]].map(listReceivers);
    expect(receivers).toEqual([
      ['shelves.count boxes.box-moved'],
      ['shelves.count boxes.box-moved light.lamp-lit'],
      ['shelves.count boxes.box-moved light.lamp-lit'],
    ]);
  });

  it('brings the events of a module to the consumers of all modules, also those of a domain that is no module', async () => {
    const [moved, lit] = [vi.fn(async () => undefined), vi.fn(async () => undefined)];
    const { emit } = start([
      toModule('boxes', [defineConsumer({ name: 'own', events: [boxMoved], handle: () => moved })]),
      toModule('shelves', [
        defineConsumer({ name: 'others', events: [boxMoved], handle: () => moved }),
        defineConsumer({ name: 'lit', events: [lampLit], handle: () => lit }),
      ]),
    ]);
    await emit('boxes', boxMoved);
    await emit('boxes', lampLit);
    await expect.poll(() => [moved.mock.calls.length, lit.mock.calls.length]).toEqual([2, 1]);
  });

  it('reads no journal without consumers, and none of a module that it does not run', async () => {
    const consumer = defineConsumer({ name: 'count', events: [boxMoved], handle: () => async () => undefined });
    expect(start([toModule('boxes')]).datastore.readJournal).not.toHaveBeenCalled();
    const modules = [toModule('boxes'), toModule('shelves', [consumer])];
    expect(start(modules, ['shelves']).datastore.readJournal).not.toHaveBeenCalled();
    expect(start(modules, ['boxes']).datastore.readJournal).toHaveBeenCalledTimes(1);
  });

  it('shows the backlogs of its consumers as metrics', async () => {
    const failing = defineConsumer({
      name: 'fail',
      events: [boxMoved],
      handle: () => () => Promise.reject(new Error('no')),
      retry: { attemptsMax: 1 },
    });
    const { emit, get, datastore } = start([toModule('boxes', [failing])]);
    await emit('boxes', boxMoved);
    await expect.poll(() => get('boxes').store.inbox.listDead({ limit: 9 })).toHaveLength(1);
    await get('boxes').store.pauses.pause('fail');
    const metrics = createMetrics();
    const worker = createWorker({
      modules: [toModule('boxes', [failing])],
      runs: ['boxes'],
      datastore,
      queues: fakeQueues(),
      logger: createLogger({ service: 'test', level: 'fatal', classified: new Map(), destination: collectLines() }),
      metrics,
      clock,
      ids: { next: createId },
    });
    worker.start();
    onTestFinished(worker.stop);
    const labels = { module: 'boxes', consumer: 'fail' };
    await expect.poll(() => readValue(metrics, { name: 'messages_dead', labels })).toBe(1);
    expect(await readValue(metrics, { name: 'consumers_paused', labels })).toBe(1);
    expect(await readValue(metrics, { name: 'messages_ready', labels })).toBe(0);
    expect(await readValue(metrics, { name: 'messages_oldest_age_seconds', labels })).toBe(0);
  });

  it('handles no message of a paused consumer until it is resumed, and those of the others', async () => {
    const [paused, other] = [vi.fn(async () => undefined), vi.fn(async () => undefined)];
    const { emit, get } = start([
      toModule('boxes', [
        defineConsumer({ name: 'paused', events: [boxMoved], handle: () => paused }),
        defineConsumer({ name: 'other', events: [boxMoved], handle: () => other }),
      ]),
    ]);
    const { pauses, inbox } = get('boxes').store;
    await emit('boxes', boxMoved);
    await expect.poll(() => paused.mock.calls.length).toBe(1);
    await pauses.pause('paused');
    let emitted = 1;
    const emitAnother = async () => {
      await emit('boxes', boxMoved);
      emitted += 1;
      await expect.poll(() => other.mock.calls.length).toBe(emitted);
    };
    const listTenants = async () => {
      await emitAnother();
      return inbox.listTenants('paused');
    };
    await expect.poll(listTenants, { timeout: 5000 }).not.toEqual([]);
    const { length } = paused.mock.calls;
    await emitAnother();
    expect(paused.mock.calls).toHaveLength(length);
    await pauses.resume('paused');
    await expect.poll(() => paused.mock.calls.length, { timeout: 5000 }).toBe(emitted);
  });

  it('interrupts at its stop what takes too long, and leaves the message for another worker', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const begun = Promise.withResolvers<void>();
    const stuck = defineConsumer({
      name: 'stuck',
      events: [boxMoved],
      handle: () => () => {
        begun.resolve();
        return new Promise(() => undefined);
      },
    });
    const { emit, worker, get } = start([toModule('boxes', [stuck])]);
    await emit('boxes', boxMoved);
    await begun.promise;
    const stopped = worker.stop();
    await vi.advanceTimersByTimeAsync(8000);
    await stopped;
    const [tenantId] = await get('boxes').store.inbox.listTenants('stuck');
    expect(tenantId).toBeDefined();
    expect(await get('boxes').store.inbox.listDead({ limit: 1 })).toEqual([]);
  });

  it('refuses to run a module that it does not know', () => {
    expect(() => start([toModule('boxes')], ['lamps'])).toThrow("There is no module 'lamps'.");
  });
});

describe('a module', () => {
  it('refuses two consumers of one name', () => {
    const consumer = defineConsumer({ name: 'count', events: [boxMoved], handle: () => async () => undefined });
    expect(() => toModule('boxes', [consumer, consumer])).toThrow("two consumers or jobs are called 'count'");
  });
});
