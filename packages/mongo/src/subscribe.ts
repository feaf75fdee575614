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

/** What a journal is read for; answers and changes stay where they are. */
type Row = Pick<JournalRow, '_id' | 'tenantId' | 'at' | 'events'>;
type Change = ChangeStreamInsertDocument<Row>;
type Stream = ChangeStream<Row, Change>;

/** A stream that has begun, and what it will tell first. */
type Opened = { readonly stream: Stream; readonly first: Promise<Change | null> };

type Place = {
  readonly db: Db;
  /** The name of the event. */
  readonly name: string;
  readonly tell: (row: Row) => void;
  readonly signal: AbortSignal;
};

/**
 * After a failure the past is told again from so long before the last sign of life: a row is dated before its commit,
 * and by another clock.
 */
const overlapMs = 60_000;

/** So long the server waits for something new before it answers; each answer, also an empty one, is a sign of life. */
const awaitMs = 1000;

/** Shorter than the patience of a connection, so that the server gives a read up too. */
const readMaxMs = 7000;

/** The longest pause between two tries. */
const pauseMaxMs = 500;

const majority = { level: 'majority' } as const;
const wanted = ['tenantId', 'at', 'events'] as const;

const pipelineOf = (name: string): Document[] => [
  { $match: { operationType: 'insert', 'fullDocument.events.name': name } },
  { $project: Object.fromEntries(wanted.map((field) => [`fullDocument.${field}`, 1])) },
];

/** Opens a stream of what is committed from a moment of the cluster on. */
const openStream = async (startAtOperationTime: Timestamp, { db, name }: Place): Promise<Opened> => {
  const options = { startAtOperationTime, maxAwaitTimeMS: awaitMs, readConcern: majority };
  const stream: Stream = db.collection<Row>(journalName).watch<Row, Change>(pipelineOf(name), options);
  const opened = once(stream, 'resumeTokenChanged');
  const first = stream.tryNext();
  await Promise.race([opened, first]);
  // Whoever has the stream awaits it later, if at all.
  first.catch(() => undefined);
  return { stream, first };
};

/** Tells what lies in the journal, oldest first. The read waits until it sees all that was committed before `until`. */
const tellPast = async (since: Date, until: Timestamp, { db, name, tell, signal }: Place): Promise<void> => {
  const rows = db.runCursorCommand({
    find: journalName,
    filter: { at: { $gte: since }, 'events.name': name },
    sort: { at: 1 },
    projection: Object.fromEntries(wanted.map((field) => [field, 1])),
    readConcern: { ...majority, afterClusterTime: until },
    maxTimeMS: readMaxMs,
  });
  for await (const row of rows) {
    signal.throwIfAborted();
    tell(row as Row);
  }
};

/** Tells the past, and opens the stream at a moment that the past reaches up to, so that nothing lies between them. */
const open = async (since: Date, place: Place): Promise<Opened> => {
  const { operationTime } = await place.db.command({ ping: 1 }, { signal: place.signal });
  const opened = await openStream(operationTime, place);
  try {
    await tellPast(since, operationTime, place);
    return opened;
  } catch (cause) {
    await opened.stream.close();
    throw cause;
  }
};

/** Tells what a stream brings until it ends, which it does by throwing. `onAlive` hears of each answer of the server. */
const tellNew = async ({ stream, first }: Opened, { tell, signal }: Place, onAlive: () => void): Promise<void> => {
  let change = await first;
  while (!signal.aborted) {
    if (change) tell(change.fullDocument);
    // So it ends when the journal is dropped.
    else if (stream.closed) throw new Error('The server has ended the change stream of a journal.');
    onAlive();
    change = await stream.tryNext();
  }
};

const refusalOf = (cause: unknown, db: Db): StartupError => {
  const reason = cause instanceof MongoServerError ? cause.codeName : (cause as Error).name;
  return new StartupError(
    `The journal of '${db.databaseName}' cannot be followed (${reason}). Check that MongoDB has a primary, and that the user of MONGODB_URI has the role 'read' on that database.`,
    { cause },
  );
};

type Keeping = Pick<SubscriptionOptions<object>, 'since' | 'clock' | 'onDisconnect' | 'onReconnect'>;

/** Keeps a journal followed: begins again after each failure, until it is stopped. */
const createKeeper = (place: Place, { since, clock, onDisconnect, onReconnect }: Keeping) => {
  const { signal } = place;
  let current: Opened | undefined;
  let opening: Promise<void> | undefined;
  let aliveAt = Number.NEGATIVE_INFINITY;
  let failures = 0;

  const begin = (): Promise<void> => {
    opening = open(new Date(Math.max(since.getTime(), aliveAt - overlapMs)), place).then((opened) => {
      current = opened;
    });
    return opening;
  };
  const close = async (): Promise<void> => {
    await current?.stream.close();
    current = undefined;
  };
  const onAlive = (): void => {
    aliveAt = clock.now().getTime();
    if (failures > 0) onReconnect();
    failures = 0;
  };
  const onFailure = async (cause: unknown): Promise<void> => {
    await close();
    if (signal.aborted) return;
    failures += 1;
    if (failures === 1) onDisconnect(cause);
    await sleep(Math.random() * Math.min(2 ** failures, pauseMaxMs), undefined, { signal }).catch(() => undefined);
  };
  return {
    begin,
    goOn: async (): Promise<void> => {
      while (!signal.aborted) {
        try {
          await (current ? tellNew(current, place, onAlive) : begin());
        } catch (cause) {
          await onFailure(cause);
        }
      }
    },
    /** Does not wait for the server to answer what it was asked last, which it does up to a second later. */
    end: async (): Promise<void> => {
      await opening?.catch(() => undefined);
      await close();
    },
  };
};

/**
 * Follows one event through a journal: first what lies there, then a change stream. When that fails, for instance
 * because the primary changes or the history is lost, it begins again from shortly before the last sign of life.
 *
 * It reads the rows of every tenant on purpose, past the wall: what it tells concerns the process as a whole.
 */
export const subscribe = async <P extends object>(
  db: Db,
  options: SubscriptionOptions<P>,
  listener: (event: DeliveredEvent<P>) => void,
): Promise<Subscription> => {
  const { event } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const tell = ({ tenantId, at, events }: Row): void => {
    for (const { name, payload } of events) {
      if (name === event.name && !signal.aborted) listener({ tenantId, at, payload: payload as P });
    }
  };
  const keeper = createKeeper({ db, name: event.name, tell, signal }, options);
  await keeper.begin().catch((cause: unknown) => {
    throw refusalOf(cause, db);
  });
  void keeper.goOn();
  return {
    stop: async () => {
      stopping.abort();
      await keeper.end();
    },
  };
};
