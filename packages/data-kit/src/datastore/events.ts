import type { EventDefinition } from '@plinth/contract-kit';
import type { Ctx } from '../context/context.ts';

/** An event as stored in a journal row. */
export type EmittedEvent = {
  readonly id: string;
  readonly name: string;
  /** The version of the payload; 1 where earlier releases stored none. */
  readonly version?: number | undefined;
  readonly aggregateId: string;
  readonly payload: Readonly<Record<string, unknown>>;
};

/** Records events in the write set of `ctx`. They are committed with its writes, all or none. */
export type Events = {
  /** @throws when the payload breaks its schema, or when no unit of work runs for `ctx`. */
  emit<P extends object>(ctx: Ctx, event: EventDefinition<P>, payload: NoInfer<P>): void;
};
