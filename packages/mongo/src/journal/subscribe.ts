import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DeliveredEvent,
  type JournalRow,
  StartupError,
  type Subscription,
  type SubscriptionOptions,
} from '@plinth/data-kit';
import {
  type ChangeStream,
  type ChangeStreamInsertDocument,
  type Db,
  type Document,
  MongoServerError,
  type Timestamp,
} from 'mongodb';
import { journalName } from './journal-names.ts';

/** The fields that are read; responses and changes stay in the database. */
type Row = Pick<JournalRow, '_id' | 'tenantId' | 'at' | 'events'>;
type Change = ChangeStreamInsertDocument<Row>;
type Stream = ChangeStream<Row, Change>;

/** An open change stream and its first change. */
type OpenedStream = { readonly stream: Stream; readonly first: Promise<Change | null> };

type StreamScope = {
  readonly db: Db;
  readonly name: string;
  readonly deliver: (row: Row) => void;
  readonly signal: AbortSignal;
};

/**
 * After a failure, events are read again from this long before the last response: the time of a row is earlier than its
 * commit, and the clock of another process may be slow.
 */
const overlapMs = 60_000;

/** The server responds at least this often, even without a change. */
const awaitMs = 1000;

/** Shorter than the socket timeout, so that the server ends the read too. */
const readMaxMs = 7000;

const retryPauseMaxMs = 500;

const majority = { level: 'majority' } as const;
const readFields = ['tenantId', 'at', 'events'] as const;

const toPipeline = (name: string): Document[] => [
  { $match: { operationType: 'insert', 'fullDocument.events.name': name } },
  { $project: Object.fromEntries(readFields.map((field) => [`fullDocument.${field}`, 1])) },
];

/** Opens a stream of the events committed from a cluster time on. */
const openStream = async (startAtOperationTime: Timestamp, { db, name }: StreamScope): Promise<OpenedStream> => {
  const options = { startAtOperationTime, maxAwaitTimeMS: awaitMs, readConcern: majority };
  const stream: Stream = db.collection<Row>(journalName).watch<Row, Change>(toPipeline(name), options);
  const opened = once(stream, 'resumeTokenChanged');
  const first = stream.tryNext();
  await Promise.race([opened, first]);
  // Prevents an unhandled rejection: the promise is awaited later, or never.
  first.catch(() => undefined);
  return { stream, first };
};

/** Delivers the events in the journal, oldest first. `afterClusterTime` includes everything committed before `until`. */
const deliverPast = async (
  since: Date,
  until: Timestamp,
  { db, name, deliver, signal }: StreamScope,
): Promise<void> => {
  const rows = db.runCursorCommand({
    find: journalName,
    filter: { at: { $gte: since }, 'events.name': name },
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

/** Delivers past events and opens a stream from the same cluster time, so that no event is missed between them. */
const open = async (since: Date, scope: StreamScope): Promise<OpenedStream> => {
  const { operationTime } = await scope.db.command({ ping: 1 }, { signal: scope.signal });
  const opened = await openStream(operationTime, scope);
  try {
    await deliverPast(since, operationTime, scope);
    return opened;
  } catch (cause) {
    await opened.stream.close();
    throw cause;
  }
};

/** Delivers the events of a stream until it throws. Calls `onResponse` for each response of the server. */
const deliverNew = async (
  { stream, first }: OpenedStream,
  { deliver, signal }: StreamScope,
  onResponse: () => void,
): Promise<void> => {
  let change = await first;
  while (!signal.aborted) {
    if (change) deliver(change.fullDocument);
    // The journal was dropped.
    else if (stream.closed) throw new Error('The server ended the change stream of a journal.');
    onResponse();
    change = await stream.tryNext();
  }
};

const toStartupError = (cause: unknown, db: Db): StartupError => {
  const reason = cause instanceof MongoServerError ? cause.codeName : (cause as Error).name;
  return new StartupError(
    `The journal of '${db.databaseName}' cannot be read (${reason}). Check that MongoDB has a primary, and that the user of MONGODB_URI has the role 'read' on that database.`,
    { cause },
  );
};

type ReaderOptions = Pick<SubscriptionOptions<object>, 'since' | 'clock' | 'onDisconnect' | 'onReconnect'>;

/** Creates a reader that restarts after each failure until it is stopped. */
const createReader = (scope: StreamScope, { since, clock, onDisconnect, onReconnect }: ReaderOptions) => {
  const { signal } = scope;
  let current: OpenedStream | undefined;
  let opening: Promise<void> | undefined;
  let respondedAt = Number.NEGATIVE_INFINITY;
  let failures = 0;

  const start = (): Promise<void> => {
    opening = open(new Date(Math.max(since.getTime(), respondedAt - overlapMs)), scope).then((opened) => {
      current = opened;
    });
    return opening;
  };
  const close = async (): Promise<void> => {
    await current?.stream.close();
    current = undefined;
  };
  const onResponse = (): void => {
    respondedAt = clock.now().getTime();
    if (failures > 0) onReconnect();
    failures = 0;
  };
  const onFailure = async (cause: unknown): Promise<void> => {
    await close();
    if (signal.aborted) return;
    failures += 1;
    if (failures === 1) onDisconnect(cause);
    await sleep(Math.random() * Math.min(2 ** failures, retryPauseMaxMs), undefined, { signal }).catch(() => undefined);
  };
  return {
    start,
    run: async (): Promise<void> => {
      while (!signal.aborted) {
        try {
          await (current ? deliverNew(current, scope, onResponse) : start());
        } catch (cause) {
          await onFailure(cause);
        }
      }
    },
    /** Closes the stream without waiting for the last response of the server, which can take a second. */
    end: async (): Promise<void> => {
      await opening?.catch(() => undefined);
      await close();
    },
  };
};

/**
 * Delivers the events of one name from a journal: past events first, then those of a change stream. After a failure, such as
 * a lost history or a new primary, it restarts from shortly before the last response.
 *
 * It deliberately reads the rows of all tenants, without tenant scoping: the events concern the whole process.
 */
export const subscribe = async <P extends object>(
  db: Db,
  options: SubscriptionOptions<P>,
  listener: (event: DeliveredEvent<P>) => void,
): Promise<Subscription> => {
  const { event } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const deliver = ({ tenantId, at, events }: Row): void => {
    for (const { name, payload } of events) {
      if (name === event.name && !signal.aborted) listener({ tenantId, at, payload: payload as P });
    }
  };
  const reader = createReader({ db, name: event.name, deliver, signal }, options);
  await reader.start().catch((cause: unknown) => {
    throw toStartupError(cause, db);
  });
  void reader.run();
  return {
    stop: async () => {
      stopping.abort();
      await reader.end();
    },
  };
};
