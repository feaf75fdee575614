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
    await stream.close();
    await session.endSession();
  };
  const opened = once(stream, 'resumeTokenChanged');
  const first = stream.tryNext();
  try {
    await Promise.race([opened, first]);
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
  for await (const row of rows) {
    signal.throwIfAborted();
    deliver(row as Row);
  }
};
