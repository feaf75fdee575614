import { defineEvents, Id } from '@plinth/contract-kit';
import type { JournalEntry, JournalReaderOptions } from '@plinth/data-kit';
import { createContext, createId, createIds } from '@plinth/testing';
import { type Document, Timestamp } from 'mongodb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { getWorkerLeases } from '../src/leases/leases-collection.ts';
import { useDatastore } from './stores.ts';

const { boxMoved } = defineEvents('boxes', { aggregate: { id: Id }, events: { boxMoved: {} } });
const clock = { now: () => new Date() };
const waitMs = { timeout: 30_000 };

const use = useDatastore();
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  await setFailPoint('off');
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

const setFailPoint = (mode: 'off' | { times: number }, data: object = {}) =>
  use.current.client.db('admin').command({ configureFailPoint: 'failCommand', mode, ...(mode !== 'off' && { data }) });

/** Creates a module with an empty journal. `emit` commits one write set for each id, at the same time. */
const createModule = async () => {
  const { current } = use;
  const module = `m${createId().slice(-12)}`;
  const { unitOfWork, events, prepare } = current.open(
    { name: module, collections: {} },
    { clock, ids: createIds(clock) },
  );
  await prepare();
  const emitOne = (id: string) => {
    const ctx = createContext();
    return unitOfWork.run(ctx, async () => events.emit(ctx, boxMoved, { id }), { operation: 'emit' });
  };
  const db = current.client.db(`${current.databasePrefix}${module}`);
  return {
    module,
    db,
    leases: getWorkerLeases(db),
    emit: (ids: readonly string[]) => Promise.all(ids.map(emitOne)),
    emitInOrder: async (ids: readonly string[]) => {
      for (const id of ids) await emitOne(id);
    },
  };
};

type Start = Partial<Pick<JournalReaderOptions, 'receivers' | 'deliver' | 'onError'>>;

/** Starts a reader, and records the entries that it has delivered. `ids` has each once, as the reader may deliver it again. */
const start = (module: string, { receivers = ['one'], deliver, onError = vi.fn() }: Start = {}) => {
  const stopping = new AbortController();
  const delivered: { readonly id: string; readonly entry: JournalEntry; readonly receivers: readonly string[] }[] = [];
  const reading = use.current.readJournal({
    module,
    name: 'relay',
    receivers,
    deliver: async (entries, to) => {
      await deliver?.(entries, to);
      for (const entry of entries) {
        delivered.push(...entry.events.map(({ aggregateId: id }) => ({ id, entry, receivers: to })));
      }
    },
    onError,
    signal: stopping.signal,
  });
  const stop = async (): Promise<void> => {
    stopping.abort();
    await reading;
  };
  stops.push(stop);
  return { delivered, ids: () => [...new Set(delivered.map(({ id }) => id))], onError, stop };
};

const createIdList = (count: number) => Array.from({ length: count }, () => createId());

describe('the reader of a journal', () => {
  it('delivers every entry since the first one, in the order of the commits, with growing positions', async () => {
    const { module, emitInOrder } = await createModule();
    const [before, after] = [createIdList(5), createIdList(5)];
    await emitInOrder(before);
    const reader = start(module);
    await expect.poll(reader.ids, waitMs).toEqual(before);
    await emitInOrder(after);
    await expect.poll(reader.ids, waitMs).toEqual([...before, ...after]);
    const positions = [...new Set(reader.delivered.map(({ entry }) => entry.position))];
    expect(positions).toEqual(positions.toSorted());
    expect(positions).toHaveLength(10);
    expect(reader.delivered[0]?.entry).toMatchObject({ operation: 'emit', changes: [] });
  });

  it('boundary: delivers more entries than a batch, those before its start and those after', async () => {
    const { module, emit } = await createModule();
    const [before, after] = [createIdList(1100), createIdList(1100)];
    await emit(before);
    const reader = start(module);
    await expect.poll(() => reader.ids().length, waitMs).toBe(1100);
    await emit(after);
    await expect.poll(() => reader.ids().length, waitMs).toBe(2200);
  });

  it('continues where it has ended, and delivers again what failed', async () => {
    const { module, emitInOrder } = await createModule();
    const first = start(module);
    const [one, two, three] = createIdList(3) as [string, string, string];
    await emitInOrder([one]);
    await expect.poll(first.ids, waitMs).toEqual([one]);
    await first.stop();
    await emitInOrder([two]);
    let failures = 2;
    const deliver = async (): Promise<void> => {
      failures -= 1;
      if (failures >= 0) throw new Error('not now');
    };
    const second = start(module, { deliver });
    await emitInOrder([three]);
    await expect.poll(second.ids, waitMs).toEqual([two, three]);
    expect(second.onError).toHaveBeenCalledTimes(2);
  });

  it('race: of three readers one reads, and another one takes over', async () => {
    const { module, emitInOrder } = await createModule();
    const readers = [start(module), start(module), start(module)];
    const [one, two] = createIdList(2) as [string, string];
    await emitInOrder([one]);
    const all = () => readers.flatMap(({ ids }) => ids()).toSorted();
    await expect.poll(all, waitMs).toEqual([one]);
    const active = readers.filter(({ ids }) => ids().length > 0);
    expect(active).toHaveLength(1);
    await active[0]?.stop();
    await emitInOrder([two]);
    await expect.poll(all, waitMs).toEqual([one, two].toSorted());
  });

  it('integrity: a reader whose lease was taken over does not move the place', async () => {
    const { module, emitInOrder, leases } = await createModule();
    const delivering = Promise.withResolvers<void>();
    const blocked = Promise.withResolvers<void>();
    const reader = start(module, {
      deliver: async () => {
        delivering.resolve();
        await blocked.promise;
      },
    });
    const [one] = createIdList(1) as [string];
    await emitInOrder([one]);
    await delivering.promise;
    await leases.updateOne({ _id: 'relay' }, { $inc: { token: 1 }, $set: { expiresAt: new Date(0) } });
    const place = async () => (await leases.findOne({ _id: 'relay' })) as { place?: unknown } | null;
    const before = await place();
    blocked.resolve();
    await expect.poll(() => reader.onError, waitMs).toHaveBeenCalled();
    expect((await place())?.place).toEqual(before?.place);
    // It takes the expired lease again, and delivers the entry a second time.
    await expect.poll(() => reader.delivered.length, waitMs).toBeGreaterThan(1);
    expect(reader.ids()).toEqual([one]);
  });

  it('gives a new receiver every entry that the journal has, and the others nothing twice', async () => {
    const { module, emitInOrder } = await createModule();
    const [one, two] = createIdList(2) as [string, string];
    await emitInOrder([one]);
    const first = start(module, { receivers: ['one'] });
    await expect.poll(first.ids, waitMs).toEqual([one]);
    await first.stop();
    const second = start(module, { receivers: ['one', 'two'] });
    await emitInOrder([two]);
    const ofReceiver = (name: string) => [
      ...new Set(second.delivered.filter(({ receivers }) => receivers.includes(name)).map(({ id }) => id)),
    ];
    await expect.poll(() => ofReceiver('two'), waitMs).toEqual([one, two]);
    expect(ofReceiver('one')).toEqual([two]);
  });

  it('integrity: a new receiver does not get what is older than the inbox remembers', async () => {
    const { module, emitInOrder, db } = await createModule();
    const [old, recent, last] = createIdList(3) as [string, string, string];
    await emitInOrder([old, recent]);
    const first = start(module);
    await expect.poll(first.ids, waitMs).toEqual([old, recent]);
    await first.stop();
    const eightDaysAgo = new Timestamp({ t: Math.floor(Date.now() / 1000) - 8 * 24 * 60 * 60, i: 1 });
    await db.collection('journal').updateOne({ 'events.aggregateId': old }, { $set: { storedAt: eightDaysAgo } });
    const second = start(module, { receivers: ['one', 'two'] });
    await emitInOrder([last]);
    await expect.poll(second.ids, waitMs).toEqual([recent, last]);
  });

  it('integrity: a receiver misses nothing while a process of an earlier release, which does not know it, reads', async () => {
    const { module, emitInOrder } = await createModule();
    const [before, meanwhile, after] = createIdList(3) as [string, string, string];
    const readWith = async (receivers: readonly string[], id: string): Promise<string[]> => {
      await emitInOrder([id]);
      const reader = start(module, { receivers });
      await expect.poll(reader.ids, waitMs).toContain(id);
      await reader.stop();
      return reader.delivered.filter((entry) => entry.receivers.includes('two')).map((entry) => entry.id);
    };
    expect(await readWith(['one', 'two'], before)).toContain(before);
    expect(await readWith(['one'], meanwhile)).toEqual([]);
    expect(new Set(await readWith(['one', 'two'], after))).toEqual(new Set([before, meanwhile, after]));
  });

  it.each([
    ['the server has lost the history', 286],
    ['the server refuses the place', 260],
  ])('integrity: reads the journal again when %s', async (_case, errorCode) => {
    const { module, emitInOrder, db } = await createModule();
    const [one, two] = createIdList(2) as [string, string];
    const first = start(module);
    await emitInOrder([one]);
    await expect.poll(first.ids, waitMs).toEqual([one]);
    await first.stop();
    await emitInOrder([two]);
    const namespace = `${db.databaseName}.journal`;
    await setFailPoint({ times: 1 }, { failCommands: ['aggregate'], errorCode, namespace });
    const second = start(module);
    await expect.poll(second.ids, waitMs).toEqual([one, two]);
    expect(second.onError).not.toHaveBeenCalled();
  });

  it('race: keeps the order of an entry that is committed late, while those before its start are read', async () => {
    const { module, emit, emitInOrder, db } = await createModule();
    const [first, late, next] = createIdList(3) as [string, string, string];
    await emitInOrder([first]);
    const journal = db.collection<Document & { _id: string }>('journal');
    const row = await journal.findOne();
    await use.current.client.withSession(async (session) => {
      session.startTransaction();
      const events = [{ ...row?.['events'][0], id: createId(), aggregateId: late }];
      const storedAt = new Timestamp({ t: 0, i: 0 });
      await journal.insertOne({ ...row, _id: createId(), events, storedAt }, { session });
      // More than a batch, so that the reader has passed the place of the late entry when it is committed.
      await emit(createIdList(600));
      let isCommitted = false;
      const deliver = async (): Promise<void> => {
        if (isCommitted) return;
        isCommitted = true;
        await session.commitTransaction();
        // It depends on the late one, as when both are about one aggregate.
        await emitInOrder([next]);
      };
      const reader = start(module, { deliver });
      await expect.poll(reader.ids, waitMs).toContain(late);
      await expect.poll(reader.ids, waitMs).toContain(next);
      expect(reader.ids().filter((id) => id === late || id === next)).toEqual([late, next]);
    });
  });

  it('integrity: continues after the journal was dropped', async () => {
    const { module, emitInOrder, db } = await createModule();
    const reader = start(module);
    const [one, two] = createIdList(2) as [string, string];
    await emitInOrder([one]);
    await expect.poll(reader.ids, waitMs).toEqual([one]);
    await db.collection('journal').drop();
    await expect.poll(() => reader.onError, waitMs).toHaveBeenCalled();
    await emitInOrder([two]);
    await expect.poll(reader.ids, waitMs).toEqual([one, two]);
  });
});
