import type { JournalLag, JournalReaderName } from '@plinth/data-kit';
import { type Db, type Document, Timestamp } from 'mongodb';
import { getWorkerLeases } from '../leases/leases-collection.ts';
import { journalName } from './journal-names.ts';
import { overlapMs } from './lost-history.ts';
import { readLastWrite } from './progress.ts';

/** A row is kept for this long, and longer while a reader has not passed it. */
export const keptSeconds = 7 * 24 * 60 * 60;

/** The most rows that are marked at once. */
const batchSize = 1000;

type Options = { readonly readers: readonly JournalReaderName[]; readonly signal: AbortSignal };

const toSeconds = (time: Timestamp): number => time.getHighBitsUnsigned();

/** Returns the second up to which each reader has every row. It is undefined for one that has not begun, or has a new receiver. */
const readPassed = async (db: Db, readers: readonly JournalReaderName[]): Promise<(number | undefined)[]> => {
  const places = await getWorkerLeases(db)
    .find<Document>({ _id: { $in: readers.map(({ name }) => name) } }, { projection: { place: 1 } })
    .toArray();
  const byName = new Map(places.map(({ _id, place }) => [_id as string, place as Document | undefined]));
  return readers.map(({ name, receivers }) => {
    const { storedAt, receivers: known = [] } = byName.get(name) ?? {};
    return storedAt && receivers.every((receiver) => known.includes(receiver)) ? toSeconds(storedAt) : undefined;
  });
};

/** Sets the time by which the index `expired` removes rows. */
const markExpired = async (db: Db, filter: Document, signal: AbortSignal): Promise<void> => {
  const journal = db.collection(journalName);
  const unmarked = { ...filter, expiresAt: { $exists: false } };
  let marked: number;
  do {
    signal.throwIfAborted();
    const rows = await journal
      .find(unmarked, { projection: { _id: 1 }, sort: { storedAt: 1 }, limit: batchSize })
      .toArray();
    const ids = rows.map(({ _id }) => _id);
    if (ids.length > 0) await journal.updateMany({ _id: { $in: ids } }, [{ $set: { expiresAt: '$$NOW' } }]);
    marked = ids.length;
  } while (marked === batchSize);
};

const readOldest = async (db: Db): Promise<number | undefined> => {
  const [oldest] = await db
    .collection(journalName)
    .find({ storedAt: { $exists: true } }, { projection: { storedAt: 1 }, sort: { storedAt: 1 }, limit: 1 })
    .toArray();
  return oldest && toSeconds(oldest['storedAt'] as Timestamp);
};

/**
 * Lets rows expire that are older than seven days and that every reader has passed, by the time of the server. Safe to repeat, also by
 * several processes at a time. Returns how far each reader is behind.
 */
export const expireJournal = async (db: Db, { readers, signal }: Options): Promise<JournalLag[]> => {
  const now = toSeconds(await readLastWrite(db, signal));
  const passed = await readPassed(db, readers);
  const isRead = passed.every((time) => time !== undefined);
  if (isRead) {
    // A row is stored before its commit, so a reader may have passed a time before a row of that time.
    const times = passed.map((time) => time - overlapMs / 1000);
    const limit = Math.min(now - keptSeconds, ...times);
    await markExpired(db, { storedAt: { $lt: new Timestamp({ t: Math.max(0, limit), i: 0 }) } }, signal);
    // Rows of releases that stored no time of the server come before all others.
    await markExpired(db, { storedAt: null, at: { $lt: new Date(limit * 1000) } }, signal);
  }
  const oldest = isRead ? now : ((await readOldest(db)) ?? now);
  return readers.map(({ name }, index) => ({ name, seconds: Math.max(0, now - (passed[index] ?? oldest)) }));
};
