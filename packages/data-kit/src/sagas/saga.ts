import { type AnyStateMachine, transition } from 'xstate';
import { z } from 'zod';

/** A status of a saga, when it began, and its reason, such as that of a declined payment. */
export const SagaEntry = z.object({ status: z.string(), at: z.date(), reason: z.string().max(200).optional() });
export type SagaEntry = z.infer<typeof SagaEntry>;

const historyMax = 100;

/** The fields of the document of a saga, beside its `status`. */
export const sagaFields = {
  /** Its statuses so far, the current one last. */
  history: z.array(SagaEntry).max(historyMax),
  /** When its timer fires, by the clock that has set it. */
  wakeAt: z.date().optional(),
};

export type Saga = { readonly status: string; readonly history: readonly SagaEntry[] };

/** The next status of a saga, and its timer if the status has one. */
export type SagaMove<E, S> = {
  readonly status: S;
  readonly entry: SagaEntry;
  readonly timer: { readonly event: E; readonly at: Date } | undefined;
};

type Occurrence<E> = { readonly event: E; readonly reason?: string | undefined; readonly at: Date };

type Raised<E> = { readonly event: E; readonly delay?: number };

/** The events and statuses of a machine. */
type EventOf<M extends AnyStateMachine> = Parameters<M['transition']>[1];

/**
 * Returns how a saga moves on when an event occurs, undefined when its status does not name the event. It is a pure function: a delayed
 * `raise` of the machine becomes the timer, and the document of the saga is the context of the machine.
 */
export const moveSaga = <M extends AnyStateMachine, D extends Saga>(
  machine: M,
  saga: D,
  { event, reason, at }: Occurrence<EventOf<M>>,
): SagaMove<EventOf<M>, D['status']> | undefined => {
  const state = machine.resolveState({ value: saga.status, context: saga });
  if (!state.can(event)) return undefined;
  const [next, actions] = transition(machine as AnyStateMachine, state, event);
  const status = String(next.value);
  const delayed = actions
    .filter(({ type }) => type === 'xstate.raise')
    .map(({ params }) => params as Raised<EventOf<M>>)
    .find(({ delay }) => delay !== undefined);
  return {
    status,
    entry: { status, at, ...(reason !== undefined && { reason }) },
    timer: delayed && { event: delayed.event, at: new Date(at.getTime() + Number(delayed.delay)) },
  };
};

/**
 * The number of the step that a saga is in. A job that was enqueued for an earlier step has nothing to do any more. It is also the
 * condition under which a repeated job calls another system with the same key.
 */
export const getSagaStep = ({ history }: Pick<Saga, 'history'>): number => history.length;
