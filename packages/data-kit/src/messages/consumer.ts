import type { EventDefinition } from '@plinth/contract-kit';
import type { z } from 'zod';
import type { Ctx } from '../context/context.ts';
import type { ReceivedEvent } from './message.ts';
import type { RateLimit } from './queues.ts';

/** How often and when a failed message is tried again. */
export type RetryPolicy = {
  /** The attempts after which a message is dead. */
  readonly attemptsMax: number;
  /** The limit of the pause before the second attempt. It doubles with each attempt, and a pause is a random part of it. */
  readonly pauseMs: number;
  readonly pauseMaxMs: number;
};

export const defaultRetry: RetryPolicy = { attemptsMax: 10, pauseMs: 1000, pauseMaxMs: 300_000 };

/** The definition of an event, as `defineEvents` returns it. */
export type EventType = Omit<EventDefinition, 'payload' | 'aggregate'> & {
  readonly payload: z.ZodType;
  readonly aggregate: string;
};

/** An event with the types of its definition: the payload of the newest version, whichever was stored. */
export type EventOf<E> = E extends EventType
  ? Omit<ReceivedEvent, 'payload' | 'name' | 'version' | 'tenantId'> & {
      readonly tenantId: string;
      readonly name: E['name'];
      readonly version: number;
      readonly payload: z.output<E['payload']>;
    }
  : never;

type HandlerOf<Deps, E extends readonly EventType[]> = (
  deps: Deps,
) => (event: EventOf<E[number]>, ctx: Ctx) => Promise<void>;

type ConsumerSpec<Deps, E extends readonly EventType[]> = {
  /** Unique in its module, and stored with each message: it never changes. */
  readonly name: string;
  /** The events of any modules. */
  readonly events: E;
  /**
   * An action: `(deps) => async (event, ctx)`. It runs in a unit of work that also marks the message as handled, so its effect
   * takes place once, however often it runs.
   */
  readonly handle: HandlerOf<Deps, E>;
  /**
   * With `platform`, the consumer reads and writes documents of the platform's own tenant. Default: those of the tenant of the event, which is
   * `event.tenantId`.
   */
  readonly tenant?: 'platform';
  /** With `aggregate`, the events of an aggregate are handled one after the other, in their order. Default: `none`. */
  readonly order?: 'aggregate' | 'none';
  /** How many messages a worker handles at a time. Default: 10. */
  readonly concurrency?: number;
  /** The time after which an attempt has failed. Default: 30 seconds. */
  readonly timeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** For a system that accepts only so many calls. Default: no limit. */
  readonly rateLimit?: RateLimit;
};

/** A consumer of events, as a module declares it. */
export type Consumer<Deps = never> = {
  readonly name: string;
  readonly events: readonly EventType[];
  readonly handle: (deps: Deps) => (event: never, ctx: Ctx) => Promise<void>;
  readonly tenant?: 'platform' | undefined;
  readonly order: 'aggregate' | 'none';
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  readonly rateLimit?: RateLimit | undefined;
};

/** Declares a consumer of events. @throws for a name that cannot be stored. */
export const defineConsumer = <Deps, const E extends readonly EventType[]>({
  order = 'none',
  concurrency = 10,
  timeoutMs = 30_000,
  retry,
  ...spec
}: ConsumerSpec<Deps, E>): Consumer<Deps> => {
  if (!/^[a-z][a-z0-9-]*$/.test(spec.name)) {
    throw new TypeError(`The name of the consumer '${spec.name}' must be lower-case words with hyphens.`);
  }
  const { rateLimit } = spec;
  if (rateLimit && !(Number.isInteger(rateLimit.max) && rateLimit.max >= 1 && rateLimit.perMs >= 1)) {
    throw new TypeError(`The rate limit of '${spec.name}' must allow at least one message in at least a millisecond.`);
  }
  return { ...spec, order, concurrency, timeoutMs, retry: { ...defaultRetry, ...retry } };
};

/** Returns the pause before the next attempt: a random part of a limit that doubles with each attempt, so that retries spread. */
export const toPauseMs = ({ pauseMs, pauseMaxMs }: RetryPolicy, attempts: number, random: () => number): number =>
  Math.round(random() * Math.min(pauseMaxMs, pauseMs * 2 ** (attempts - 1)));
