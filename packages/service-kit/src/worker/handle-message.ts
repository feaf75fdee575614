import { randomBytes } from 'node:crypto';
import {
  type Clock,
  type Consumer,
  type Ctx,
  type HandleMessage,
  type Inbox,
  isKnownEvent,
  type Message,
  MessageAlreadyHandled,
  type Trace,
  toNewestEvent,
  toPauseMs,
  type UnitOfWork,
} from '@plinth/data-kit';
import type { Logger } from '@plinth/logger';
import type { MessageSpan, Tracing } from '@plinth/telemetry';

export type MessageHandlerOptions = {
  readonly module: string;
  readonly consumer: Omit<Consumer, 'handle'>;
  readonly handle: (event: never, ctx: Ctx) => Promise<void>;
  readonly inbox: Pick<Inbox, 'get' | 'recordFailure'>;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Without it no spans are recorded. */
  readonly tracing?: Pick<Tracing, 'startMessage'> | undefined;
  /** Aborts when the process stops and can wait no longer. */
  readonly stopping: AbortSignal;
};

const failureLengthMax = 500;
const spanIdBytes = 8;

/** How long a message waits for a process that knows its event. Longer than a release is rolled out. */
const rolloutMsMax = 60 * 60 * 1000;

/** Differs, so that another process takes the message next time. */
const toRolloutPauseMs = (): number => Math.round(5000 + Math.random() * 5000);

/** A failure as operators see it. */
const describe = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, failureLengthMax);

/** Rejects when the signal aborts, although the work continues. Its late writes fail by the deadline of its context. */
const untilAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  try {
    signal.throwIfAborted();
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};

/** Returns the trace of the commit that sent the message. Earlier releases stored no span of it. */
const toTrace = ({ event: { traceId, spanId, sampled = false } }: Message): Trace => ({
  traceId,
  spanId: spanId ?? randomBytes(spanIdBytes).toString('hex'),
  sampled,
});

const toOperation = ({ module, consumer }: MessageHandlerOptions): string => `${module}.${consumer.name}`;

/** Creates the context of an attempt, in the name of the consumer. */
const createContext = ({ _id, tenantId }: Message, options: MessageHandlerOptions, trace: Trace): Ctx => {
  const { consumer, clock, stopping } = options;
  return {
    actor: { kind: 'consumer', id: toOperation(options), tenantId, roles: [] },
    tenantId,
    requestId: _id,
    trace,
    deadline: clock.now().getTime() + consumer.timeoutMs,
    signal: AbortSignal.any([AbortSignal.timeout(consumer.timeoutMs), stopping]),
  };
};

/** Runs an attempt in its span. */
const runInSpan = async (span: MessageSpan, attempt: () => Promise<void>): Promise<void> => {
  let isError = true;
  try {
    await span.run(attempt);
    isError = false;
  } finally {
    span.end({ isError });
  }
};

/** Creates the check whether a message waits for a process of a newer release, which knows its event. */
const createRolloutCheck =
  (options: MessageHandlerOptions) =>
  ({ _id, tenantId, event, receivedAt }: Message): boolean => {
    const { consumer, clock, logger } = options;
    if (isKnownEvent(event, consumer.events)) return false;
    if (clock.now().getTime() - receivedAt.getTime() >= rolloutMsMax) return false;
    const { name, version } = event;
    const fields = { consumer: toOperation(options), messageId: _id, tenantId, name, version };
    logger.info('message-waits-for-release', fields);
    return true;
  };

/**
 * Creates the function that handles the messages of a consumer: the action runs in a unit of work that also ends the message, so
 * its effect takes place once. It gets the newest version of the event. A failure is recorded in the inbox, which says whether the message
 * is tried again. An event of a newer release is none: for an hour it waits for a process of that release.
 */
export const createMessageHandler = (options: MessageHandlerOptions): HandleMessage => {
  const { consumer, handle, inbox, unitOfWork, clock, logger, tracing, stopping } = options;
  const operation = toOperation(options);
  const waitsForRelease = createRolloutCheck(options);

  const run = async (message: Message): Promise<void> => {
    const { _id, event, tenantId } = message;
    const trace = toTrace(message);
    const span = tracing?.startMessage({ consumer: operation, trace });
    const ctx = createContext(message, options, span?.trace ?? (tracing ? { ...trace, sampled: false } : trace));
    const attempt = async (): Promise<void> => {
      const newest = { tenantId, ...toNewestEvent(event, consumer.events) };
      const work = unitOfWork.run(ctx, () => handle(newest as never, ctx), { operation, consumes: _id });
      await untilAborted(work, ctx.signal);
    };
    await (span ? runInSpan(span, attempt) : attempt());
  };

  const recordFailure = async (id: string, error: unknown): Promise<{ pauseMs: number } | undefined> => {
    const { attemptsMax } = consumer.retry;
    await inbox.recordFailure(id, { at: clock.now(), message: describe(error), attemptsMax });
    const failed = await inbox.get(id);
    if (!failed) return undefined;
    const fields = { consumer: operation, messageId: id, tenantId: failed.tenantId, attempts: failed.attempts };
    if (failed.state === 'dead') logger.error('message-dead', { ...fields, err: error });
    if (failed.state !== 'ready') return undefined;
    logger.warn('message-failed', { ...fields, err: error });
    return { pauseMs: toPauseMs(consumer.retry, failed.attempts, Math.random) };
  };

  return async ({ id, isTakenOver }) => {
    const message = await inbox.get(id);
    if (message?.state !== 'ready') return undefined;
    if (waitsForRelease(message)) return { pauseMs: toRolloutPauseMs() };
    if (isTakenOver) {
      // A message that ends its process must be dead one day too.
      const pause = await recordFailure(id, new Error('The worker that handled the message has ended.'));
      if (!pause) return undefined;
    }
    try {
      await run(message);
      return undefined;
    } catch (error) {
      if (error instanceof MessageAlreadyHandled) return undefined;
      // The attempt was interrupted: it counts for nothing, and another process repeats it.
      if (stopping.aborted) return { pauseMs: 0 };
      return recordFailure(id, error);
    }
  };
};
