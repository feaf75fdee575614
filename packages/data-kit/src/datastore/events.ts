import type { EventDefinition } from '@plinth/contract-kit';
import type { Ctx } from '../context/context.ts';

/** An event as it lies in a journal row until it has been delivered. */
export type EmittedEvent = {
  readonly id: string;
  readonly name: string;
  readonly aggregateId: string;
  readonly payload: Readonly<Record<string, unknown>>;
};

/** Records events in the write set of `ctx`: they happen if and only if its writes do. */
export type Events = {
  /** @throws when the payload breaks its schema, or when no unit of work runs for `ctx`. */
  emit<P extends object>(ctx: Ctx, event: EventDefinition<P>, payload: NoInfer<P>): void;
};
