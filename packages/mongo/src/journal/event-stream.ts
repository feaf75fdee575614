import { once } from 'node:events';
import type { JournalRow } from '@plinth/data-kit';
import type {
  ChangeStream,
  ChangeStreamInsertDocument,
  ClientSession,
  Db,
  Document,
  ResumeToken,
  Timestamp,
} from 'mongodb';
import { withinMs } from '../deadline.ts';
import { journalName } from './journal-names.ts';

/** The fields that are read; responses and changes stay in the database. */
export type Row = Pick<JournalRow, '_id' | 'tenantId' | 'at' | 'events'>;
export type Change = ChangeStreamInsertDocument<Row>;

/** An open change stream, and its first response. */
export type EventStream = {
  readonly stream: ChangeStream<Row, Change>;
  /** Its `operationTime` is that of the last response: the time up to which a majority has the writes. */
  readonly session: ClientSession;
  readonly first: Promise<Change | null>;
  /** Never rejects. */
  close(): Promise<void>;
};

export type StreamScope = {
  readonly db: Db;
  readonly names: readonly string[];
  readonly deliver: (row: Row) => void;
  readonly signal: AbortSignal;
};

export type StreamStart = { readonly startAfter: ResumeToken } | { readonly startAtOperationTime: Timestamp };

/** The server responds at least this often, even without a change. */
const awaitMs = 1000;

/** Shorter than the socket timeout, so that the server ends the read too. */
const readMaxMs = 7000;

/** Longer than every timeout of the driver, so that a command which takes this long never settles. */
const hangingAfterMs = 9000;

/** Ends the wait for a command that never settles: a subscription must not depend on one. @throws then. */
export const unlessHanging = <T>(work: Promise<T>): Promise<T> =>
  withinMs(work, hangingAfterMs, () => new Error('The driver does not settle a command of a change stream.'));

const majority = { level: 'majority' } as const;
const readFields = ['tenantId', 'at', 'events'] as const;

const toPipeline = (names: readonly string[]): Document[] => [
  { $match: { operationType: 'insert', 'fullDocument.events.name': { $in: names } } },
  { $project: { clusterTime: 1, ...Object.fromEntries(readFields.map((field) => [`fullDocument.${field}`, 1])) } },
];

/** Opens a stream of the events committed after a token, or from a cluster time on. */
export const openStream = async (start: StreamStart, { db, names }: StreamScope): Promise<EventStream> => {
  const session = db.client.startSession();
  const options = { ...start, session, maxAwaitTimeMS: awaitMs, readConcern: majority };
  const stream = db.collection<Row>(journalName).watch<Row, Change>(toPipeline(names), options);
  const close = async (): Promise<void> => {
    // If this fails, the server closes the forgotten cursor later by itself.
    await unlessHanging(stream.close()).catch(() => undefined);
    await session.endSession();
  };
  const opened = once(stream, 'resumeTokenChanged');
  const first = stream.tryNext();
  try {
    await unlessHanging(Promise.race([opened, first]));
  } catch (cause) {
    await close();
    throw cause;
  }
  // Prevents an unhandled rejection: the promise is awaited later, or never.
  first.catch(() => undefined);
  return { stream, session, first, close };
};

/** Delivers the events in the journal, oldest first. `afterClusterTime` includes everything committed before `until`. */
export const deliverPast = async (
  since: Date,
  until: Timestamp,
  { db, names, deliver, signal }: StreamScope,
): Promise<void> => {
  const rows = db.runCursorCommand({
    find: journalName,
    filter: { at: { $gte: since }, 'events.name': { $in: names } },
    sort: { at: 1 },
    projection: Object.fromEntries(readFields.map((field) => [field, 1])),
    readConcern: { ...majority, afterClusterTime: until },
    maxTimeMS: readMaxMs,
  });
  for (;;) {
    const row = await unlessHanging(rows.next());
    if (!row) return;
    signal.throwIfAborted();
    deliver(row as Row);
  }
};
