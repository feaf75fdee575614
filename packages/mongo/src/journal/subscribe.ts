import { setTimeout as sleep } from 'node:timers/promises';
import { type DeliveredEvent, StartupError, type Subscription, type SubscriptionOptions } from '@plinth/data-kit';
import { type Db, MongoServerError, type ResumeToken, type Timestamp } from 'mongodb';
import {
  deliverPast,
  type EventStream,
  openStream,
  type Row,
  type StreamScope,
  unlessHanging,
} from './event-stream.ts';
import { isHistoryLost, overlapMs } from './lost-history.ts';
import { createProgress, type Progress, readLastWrite } from './progress.ts';

const retryPauseMaxMs = 500;
const endMaxMs = 2000;

const toDate = (time: Timestamp): Date => new Date(time.getHighBitsUnsigned() * 1000);

const toStartupError = (cause: unknown, db: Db): StartupError => {
  const reason = cause instanceof MongoServerError ? cause.codeName : (cause as Error).name;
  return new StartupError(
    `The journal of '${db.databaseName}' cannot be read (${reason}). Check that MongoDB has a primary, and that the user of MONGODB_URI may read it and its changes, as npm run db -- roles grants.`,
    { cause },
  );
};

type ReaderOptions = Pick<SubscriptionOptions, 'since' | 'onDisconnect' | 'onReconnect'>;

/** The position up to which a reader has delivered events. */
type Position = {
  /** Undefined at the start, and when the server has lost its history. */
  token: ResumeToken;
  /** No event that is still to be delivered has an earlier cluster time. */
  reached: Timestamp | undefined;
};

type OpenOptions = { readonly position: Position; readonly progress: Progress; readonly since: Date };

/** Delivers past events and opens a stream from the same cluster time, so that no event is missed between them. */
const openWithPast = async (scope: StreamScope, { position, progress, since }: OpenOptions): Promise<EventStream> => {
  const requestedAt = performance.now();
  const lastWrite = await readLastWrite(scope.db, scope.signal);
  const opened = await openStream({ startAtOperationTime: lastWrite }, scope);
  try {
    const { reached } = position;
    await deliverPast(reached ? new Date(toDate(reached).getTime() - overlapMs) : since, lastWrite, scope);
  } catch (cause) {
    await opened.close();
    throw cause;
  }
  position.reached = lastWrite;
  progress.onPastDelivered(requestedAt);
  return opened;
};

const open = async (scope: StreamScope, options: OpenOptions): Promise<EventStream> => {
  const { token } = options.position;
  options.progress.onOpen();
  const opened = await (token ? openStream({ startAfter: token }, scope) : openWithPast(scope, options));
  if (scope.signal.aborted) await opened.close();
  scope.signal.throwIfAborted();
  return opened;
};

type DeliveryOptions = Omit<OpenOptions, 'since'> & { readonly onResponse: () => void };

/** Delivers the events of a stream until it throws. */
const deliverNew = async (
  opened: EventStream,
  { deliver, signal }: StreamScope,
  { position, progress, onResponse }: DeliveryOptions,
): Promise<void> => {
  const { stream, first } = opened;
  let change = await unlessHanging(first);
  while (!signal.aborted) {
    if (change) {
      deliver(change.fullDocument);
      position.reached = change.clusterTime ?? position.reached;
    } else if (stream.closed) {
      position.token = undefined;
      throw new Error('The server ended the change stream of a journal, because the journal was dropped.');
    }
    // Stored after the delivery, so that an event whose delivery fails is received again.
    position.token = stream.resumeToken;
    await progress.onResponse(opened, change);
    onResponse();
    change = await unlessHanging(stream.tryNext());
  }
};

/** Waits for the opening of a stream. Without the server it takes longer, and the stream closes by itself. */
const waitBriefly = async (opening: Promise<void> | undefined): Promise<void> =>
  Promise.race([opening?.catch(() => undefined), sleep(endMaxMs, undefined, { ref: false })]);

/**
 * Creates a reader that restarts after each failure until it is stopped. `end` closes the stream without waiting for the last
 * response of the server, which can take a second.
 */
const createReader = (scope: StreamScope, { since, onDisconnect, onReconnect }: ReaderOptions) => {
  const { db, signal } = scope;
  const progress = createProgress(db, signal);
  const position: Position = { token: undefined, reached: undefined };
  let current: EventStream | undefined;
  let opening: Promise<void> | undefined;
  let disconnectedAt: number | undefined;
  let failures = 0;

  const close = async (): Promise<void> => {
    await current?.close();
    current = undefined;
  };
  const start = (): Promise<void> => {
    opening = open(scope, { position, progress, since }).then((opened) => void (current = opened));
    return opening;
  };
  const onResponse = (): void => {
    failures = 0;
    if (disconnectedAt === undefined || progress.getCurrentAt() <= disconnectedAt) return;
    disconnectedAt = undefined;
    onReconnect();
  };
  const onFailure = async (cause: unknown): Promise<void> => {
    await close();
    if (signal.aborted) return;
    if (isHistoryLost(cause)) position.token = undefined;
    failures += 1;
    if (disconnectedAt === undefined) onDisconnect(cause);
    disconnectedAt = performance.now();
    await sleep(Math.random() * Math.min(2 ** failures, retryPauseMaxMs), undefined, { signal }).catch(() => undefined);
  };
  return {
    start,
    ageMs: () => performance.now() - progress.getCurrentAt(),
    run: async (): Promise<void> => {
      while (!signal.aborted) {
        try {
          await (current ? deliverNew(current, scope, { position, progress, onResponse }) : start());
        } catch (cause) {
          await onFailure(cause);
        }
      }
    },
    end: async (): Promise<void> => {
      await waitBriefly(opening);
      await close();
    },
  };
};

/**
 * Delivers the events of some names from a journal: past events first, then those of a change stream. After a failure it
 * continues after the last delivered event. Only when the server has lost that part of its history, or the journal was
 * dropped, are rows read again, from shortly before the cluster time of that event.
 *
 * It deliberately reads the rows of all tenants, without tenant scoping: the events concern the whole process.
 */
export const subscribe = async (
  db: Db,
  options: SubscriptionOptions,
  listener: (event: DeliveredEvent) => void,
): Promise<Subscription> => {
  const names = options.events.map(({ name }) => name);
  const stopping = new AbortController();
  const { signal } = stopping;
  const deliver = ({ tenantId, at, events }: Row): void => {
    for (const { name, aggregateId, payload } of events) {
      if (names.includes(name) && !signal.aborted) listener({ name, aggregateId, tenantId, at, payload });
    }
  };
  const reader = createReader({ db, names, deliver, signal }, options);
  await reader.start().catch((cause: unknown) => {
    throw toStartupError(cause, db);
  });
  void reader.run();
  return {
    ageMs: reader.ageMs,
    stop: async () => {
      stopping.abort();
      await reader.end();
    },
  };
};
