import type { JournalEntry, JournalReaderOptions, JournalRow } from '@plinth/data-kit';
import { type Db, type Document, type ResumeToken, Timestamp } from 'mongodb';
import { holdLease } from '../leases/hold-lease.ts';
import { type Lease, type LeaseDeps, type LeaseRecord, renew } from '../leases/lease.ts';
import { type ChangeBatches, openChangeBatches, StreamEnded } from './change-batches.ts';
import { unlessHanging } from './event-stream.ts';
import { keptSeconds } from './expire-journal.ts';
import { journalName } from './journal-names.ts';
import { isHistoryLost, overlapMs } from './lost-history.ts';
import { readLastWrite } from './progress.ts';

/** The place where a reader continues. It is stored with the lease, so that only the holder of the lease moves it. */
type Place = {
  /** Undefined before the first entry, and when the server has lost its history. */
  readonly token?: ResumeToken;
  /** When the server stored the last entry, or a later time before which it has stored no other one. */
  readonly storedAt?: Timestamp;
  /** Those that have every entry before this place: none that the last reader, of an earlier release, did not know. */
  readonly receivers: readonly string[];
};

type ReaderDeps = LeaseDeps & { readonly db: Db };
type Reader = ReaderDeps & JournalReaderOptions & { readonly lease: Lease };

/** The place is stored this often while nothing happens, so that it does not leave the history of the server. */
const idlePlaceMs = 30_000;

/** The most rows that are read again at once. */
const pastBatchSize = 500;

type StoredRow = JournalRow & { readonly storedAt?: Timestamp };

const toHex = (value: number): string => value.toString(16).padStart(8, '0');

/** Rows of the previous release have no time of the server: they come before all others, in the order of their own times. */
const toPosition = ({ storedAt, at }: StoredRow): string =>
  storedAt
    ? toHex(storedAt.getHighBitsUnsigned()) + toHex(storedAt.getLowBitsUnsigned())
    : `00000000${toHex(Math.floor(at.getTime() / 1000))}`;

const toEntry = (stored: StoredRow): JournalEntry => {
  const { storedAt: _storedAt, ...row } = stored;
  return { ...row, position: toPosition(stored) };
};

const readPlace = async ({ leases, leaseId }: ReaderDeps): Promise<Place> => {
  const stored = await leases.findOne<LeaseRecord & { place?: Place }>({ _id: leaseId });
  return stored?.place ?? { receivers: [] };
};

/** @throws `LeaseLost` when another process reads now. */
const storePlace = (reader: Reader, place: Place): Promise<void> =>
  renew(reader, reader.lease, { place: { $literal: place } });

const forgetToken = async (reader: Reader): Promise<void> => {
  const { token: _token, ...place } = await readPlace(reader);
  await storePlace(reader, place);
};

type Past = { readonly since: Timestamp | undefined; readonly until: Timestamp; readonly receivers: readonly string[] };

/** A row is stored before its commit, by at most the lifetime of a transaction. */
const beforeOverlap = (time: Timestamp): Timestamp =>
  new Timestamp({ t: Math.max(0, time.getHighBitsUnsigned() - overlapMs / 1000), i: 0 });

/**
 * Delivers the rows that were stored from a time on, by default all, up to `until`, in the order of the server. Those committed after
 * `until` are left to the stream: the read, which is no snapshot, may have passed the place of one on which a later one depends. A row
 * that depends on such a one is stored after it was committed, so after `until` too.
 */
const deliverPast = async ({ db, deliver, signal }: Reader, { since, until, receivers }: Past): Promise<void> => {
  const rows = db.runCursorCommand({
    find: journalName,
    // Rows of the previous release have no such time.
    filter: { storedAt: since ? { $gte: since, $lte: until } : { $not: { $gt: until } } },
    sort: { storedAt: 1 },
    batchSize: pastBatchSize,
    readConcern: { level: 'majority', afterClusterTime: until },
  });
  let batch: JournalEntry[] = [];
  for (;;) {
    const row = (await unlessHanging(rows.next())) as StoredRow | null;
    signal.throwIfAborted();
    if (row) batch.push(toEntry(row));
    if (batch.length > 0 && (!row || batch.length >= pastBatchSize)) {
      await deliver(batch, receivers);
      batch = [];
    }
    if (!row) return;
  }
};

/**
 * Returns the time from which a new receiver gets rows: all, if nothing was read before. Otherwise not those that are kept only because a
 * reader is behind: the inbox may have forgotten that it had them, under a former name of the receiver.
 */
const toFirst = (place: Place, until: Timestamp): Timestamp | undefined =>
  place.storedAt && new Timestamp({ t: until.getHighBitsUnsigned() - keptSeconds, i: 0 });

type Opened = { readonly batches: ChangeBatches; readonly place: Place };

const open = (db: Db, start: Parameters<typeof openChangeBatches>[1]['start']): Promise<ChangeBatches> =>
  openChangeBatches(db, {
    collection: journalName,
    start,
    pipeline: [{ $match: { operationType: 'insert' } }, { $project: { fullDocument: 1 } }],
  });

/** Opens the stream at the current time, and delivers what was stored before: to all when the history of the server is lost. */
const openWithPast = async (reader: Reader, place: Place): Promise<Opened> => {
  const { db, receivers } = reader;
  const lastWrite = await readLastWrite(db, reader.signal);
  const batches = await open(db, { startAtOperationTime: lastWrite });
  try {
    const known = receivers.filter((name) => place.receivers.includes(name));
    const added = receivers.filter((name) => !place.receivers.includes(name));
    const since = place.storedAt && beforeOverlap(place.storedAt);
    if (known.length > 0) await deliverPast(reader, { since, until: lastWrite, receivers: known });
    if (added.length > 0)
      await deliverPast(reader, { since: toFirst(place, lastWrite), until: lastWrite, receivers: added });
    return { batches, place: { storedAt: lastWrite, receivers } };
  } catch (cause) {
    await batches.close();
    throw cause;
  }
};

/** Opens the stream where the last reader ended. New receivers get the entries before that first. */
const openAtPlace = async (reader: Reader, place: Place & { readonly token: ResumeToken }): Promise<Opened> => {
  const { db, receivers } = reader;
  const added = receivers.filter((name) => !place.receivers.includes(name));
  const batches = await open(db, { startAfter: place.token });
  try {
    if (added.length === 0) return { batches, place: { ...place, receivers } };
    const until = await readLastWrite(db, reader.signal);
    await deliverPast(reader, { since: toFirst(place, until), until, receivers: added });
    const next = { ...place, receivers };
    await storePlace(reader, next);
    return { batches, place: next };
  } catch (cause) {
    await batches.close();
    throw cause;
  }
};

const openStream = async (reader: Reader): Promise<Opened> => {
  const place = await readPlace(reader);
  if (!place.token) return openWithPast(reader, place);
  try {
    return await openAtPlace(reader, { ...place, token: place.token });
  } catch (cause) {
    if (!isHistoryLost(cause)) throw cause;
    return openWithPast(reader, place);
  }
};

/** Delivers the rows of the stream, and stores the place behind them afterwards: they are delivered again after a failure. */
const follow = async (reader: Reader, { batches, place: first }: Opened): Promise<void> => {
  let place = first;
  let passedAt: Timestamp | undefined;
  let storedAt = Number.NEGATIVE_INFINITY;
  while (!reader.signal.aborted) {
    const { changes, token, time } = await batches.read();
    const rows = changes.map(({ fullDocument }: Document) => fullDocument as StoredRow);
    if (rows.length > 0) await reader.deliver(rows.map(toEntry), reader.receivers);
    // Without a row, the stream has passed the time of the response before.
    const lastStoredAt = rows.at(-1)?.storedAt ?? passedAt ?? place.storedAt;
    passedAt = time;
    place = { ...place, token, ...(lastStoredAt && { storedAt: lastStoredAt }) };
    if (rows.length === 0 && performance.now() - storedAt < idlePlaceMs) continue;
    await storePlace(reader, place);
    storedAt = performance.now();
  }
};

const readUntilFailure = async (reader: Reader): Promise<void> => {
  const opened = await openStream(reader);
  try {
    await follow(reader, opened);
  } catch (cause) {
    if (cause instanceof StreamEnded) await forgetToken(reader);
    throw cause;
  } finally {
    await opened.batches.close();
  }
};

/** Reads the journal of a database: see `JournalReaderOptions`. */
export const readJournal = (deps: ReaderDeps, options: JournalReaderOptions): Promise<void> =>
  holdLease(deps, options, (lease, signal) => readUntilFailure({ ...deps, ...options, lease, signal }));
