import { createContext, createId, createIds } from '@plinth/testing';
import { type Document, Timestamp } from 'mongodb';
import { expect, it } from 'vitest';
import { readLastWrite } from '../src/journal/progress.ts';
import { useDatastore } from './stores.ts';

const use = useDatastore();
const clock = { now: () => new Date() };
const { signal } = new AbortController();
const relay = { name: 'relay', receivers: ['one', 'two'] };
const daySeconds = 24 * 60 * 60;
const keptSeconds = 7 * daySeconds;

/** Opens a module whose journal has rows of such an age, in seconds. */
const openJournal = async (ages: readonly number[]) => {
  const { current } = use;
  const module = `m${createId().slice(-12)}`;
  const store = current.open({ name: module, collections: {} }, { clock, ids: createIds(clock) });
  await store.prepare();
  const db = current.client.db(`${current.databasePrefix}${module}`);
  const [journal, leases] = [db.collection<Document & { _id: string }>('journal'), db.collection('leases')];
  const now = (await readLastWrite(db, signal)).getHighBitsUnsigned();
  const toTime = (age: number): Timestamp => new Timestamp({ t: now - age, i: 1 });
  const { actor, requestId, trace, tenantId } = createContext();
  const row = { tenantId, actor: { kind: 'user', id: actor.id }, requestId, traceId: trace.traceId, operation: 'move' };
  const rows = ages.map((age) => {
    const at = new Date((now - age) * 1000);
    return { ...row, _id: createId(), at, changes: [], events: [], storedAt: toTime(age) };
  });
  if (rows.length > 0) await journal.insertMany(rows);
  return {
    module,
    db,
    store,
    journal,
    /** Stores that a reader has every row before an age. */
    setPlace: async (name: string, age: number, receivers: readonly string[] = relay.receivers) => {
      const lease = { token: 1, beat: 0, expiresAt: new Date(0), place: { storedAt: toTime(age), receivers } };
      await leases.updateOne({ _id: name as never }, { $set: lease }, { upsert: true });
    },
    expire: (readers = [relay]) => current.expireJournal({ module, readers, signal }),
    /** Returns the ages of the rows that stay. */
    listKept: async (): Promise<number[]> => {
      const kept = await journal.find({ expiresAt: { $exists: false } }).toArray();
      return kept.map(({ storedAt }) => now - (storedAt as Timestamp).getHighBitsUnsigned()).toSorted((a, b) => a - b);
    },
  };
};

it('boundary: lets rows expire that are older than seven days, when a reader has passed them', async () => {
  const journal = await openJournal([0, keptSeconds - 60, keptSeconds + 60, 30 * daySeconds]);
  await journal.setPlace('relay', 0);
  const [lag] = await journal.expire();
  expect(await journal.listKept()).toEqual([0, keptSeconds - 60]);
  expect(lag).toMatchObject({ name: 'relay' });
  expect(lag?.seconds).toBeLessThan(60);
});

it('integrity: keeps every row that the slowest reader has not passed, or shortly before', async () => {
  const ages = [8, 9, 10, 11].map((days) => days * daySeconds);
  const journal = await openJournal([...ages, 10 * daySeconds + 60, 10 * daySeconds + 300]);
  const audit = { name: 'audit', receivers: ['audit'] };
  await journal.setPlace('relay', 0);
  await journal.setPlace('audit', 10 * daySeconds, ['audit']);
  const lags = await journal.expire([relay, audit]);
  expect(await journal.listKept()).toEqual([...ages.slice(0, 3), 10 * daySeconds + 60]);
  expect(Math.round((lags[1]?.seconds ?? 0) / daySeconds)).toBe(10);
});

it.each([
  ['has not begun', undefined],
  ['has a receiver more than its last process knew', ['one']],
])('integrity: keeps all rows while a reader %s', async (_, receivers) => {
  const journal = await openJournal([20 * daySeconds]);
  if (receivers) await journal.setPlace('relay', 0, receivers);
  const [lag] = await journal.expire();
  expect(await journal.listKept()).toHaveLength(1);
  expect(Math.round((lag?.seconds ?? 0) / daySeconds)).toBe(20);
});

it('keeps no row for a reader that the code does not have any more, and none without readers', async () => {
  const journal = await openJournal([20 * daySeconds]);
  await journal.setPlace('removed', 30 * daySeconds);
  expect(await journal.expire([])).toEqual([]);
  expect(await journal.listKept()).toEqual([]);
});

it('race: several processes mark more rows than a batch has, once', async () => {
  const journal = await openJournal(Array.from({ length: 1001 }, () => 20 * daySeconds));
  await journal.setPlace('relay', 0);
  await Promise.all([journal.expire(), journal.expire()]);
  expect(await journal.listKept()).toEqual([]);
  const marked = await journal.journal.distinct('expiresAt');
  await journal.expire();
  expect(await journal.journal.distinct('expiresAt')).toEqual(marked);
});

it('lets rows expire that have no time of the server', async () => {
  const journal = await openJournal([0, 20 * daySeconds]);
  await journal.journal.updateMany({}, { $unset: { storedAt: 1 } });
  await journal.setPlace('relay', 0);
  await journal.expire();
  const kept = await journal.journal.find({ expiresAt: { $exists: false } }).toArray();
  expect(kept.map(({ at }) => Date.now() - at.getTime() < 60_000)).toEqual([true]);
});

it('a reader of a journal without new rows passes the time of the server', async () => {
  const journal = await openJournal([20 * daySeconds]);
  const stopping = new AbortController();
  const reading = use.current.readJournal({
    ...relay,
    module: journal.module,
    deliver: async () => undefined,
    onError: (error) => {
      throw error;
    },
    signal: stopping.signal,
  });
  const read = async () => (await journal.expire())[0]?.seconds;
  await expect.poll(read, { timeout: 30_000 }).toBeLessThan(60);
  expect(await journal.listKept()).toEqual([]);
  stopping.abort();
  await reading;
});

it('integrity: the start of a process drops the index that removed unread rows, and changes no row', async () => {
  const { db, store, journal } = await openJournal([daySeconds]);
  await journal.createIndex({ at: 1 }, { name: 'byTime', expireAfterSeconds: keptSeconds });
  const before = await journal.find().toArray();
  await Promise.all([store.prepare(), store.prepare()]);
  const indexes = await db.collection('journal').indexes();
  const expiring = indexes.filter(({ expireAfterSeconds }) => expireAfterSeconds !== undefined);
  expect(expiring.map(({ name }) => name)).toEqual(['expired']);
  expect(await journal.find().toArray()).toEqual(before);
  await store.assertPrepared();
});
