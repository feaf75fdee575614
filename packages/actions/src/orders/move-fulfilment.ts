import { type Clock, type Collection, type Ctx, type Events, type Jobs, moveSaga } from '@plinth/data-kit';
import type { FulfilmentDocument } from '@plinth/models/orders';
import { type FulfilmentEvent, fulfilmentLifecycle, fulfilmentsEvents } from '@plinth/service-contracts/orders';
import { timeOutJob, toStep } from './fulfilment-jobs.ts';

export type MoveDeps = {
  fulfilments: Collection<FulfilmentDocument, 'find' | 'get' | 'update'>;
  jobs: Jobs;
  events: Events;
  clock: Clock;
};

export type Move = {
  readonly type: FulfilmentEvent['type'];
  readonly reason?: string;
  /** Further fields that change, also when the status ignores the event. */
  readonly changed?: Partial<Pick<FulfilmentDocument, 'chargeId' | 'refundedAmount'>> | undefined;
};

/** Emits the end of a fulfilment, for other domains, such as one that notifies the customer. */
const emitEnd = (
  { events }: MoveDeps,
  ctx: Ctx,
  { _id: fulfilmentId, orderId, status, history }: FulfilmentDocument,
) => {
  const { fulfilmentCompleted, fulfilmentCancelled } = fulfilmentsEvents;
  if (status === 'completed') events.emit(ctx, fulfilmentCompleted, { fulfilmentId, orderId });
  const reason = history.find((entry) => entry.reason !== undefined)?.reason ?? '';
  if (status === 'cancelled') events.emit(ctx, fulfilmentCancelled, { fulfilmentId, orderId, reason });
};

/**
 * Moves a fulfilment on as it was read: the commit fails when it has moved since. Sets the timer of its new status. An event that its
 * status does not name changes nothing but the further fields.
 */
export const moveFulfilment = (
  deps: MoveDeps,
  fulfilment: FulfilmentDocument,
  { ctx, ...move }: Move & { ctx: Ctx },
): void => {
  const { type, reason, changed } = move;
  const moved = moveSaga(fulfilmentLifecycle, fulfilment, { event: { type }, reason, at: deps.clock.now() });
  const { fulfilments, jobs } = deps;
  if (!moved) {
    if (changed) fulfilments.for(ctx).update(fulfilment, { $set: changed });
    return;
  }
  const { status, entry, timer } = moved;
  const next = fulfilments.for(ctx).update(fulfilment, {
    $set: { ...changed, status, ...(timer && { wakeAt: timer.at }) },
    $push: { history: entry },
    $unset: { paymentMethod: true, ...(!timer && { wakeAt: true }) },
  });
  if (timer) jobs.enqueue(ctx, timeOutJob, { input: toStep(next), at: timer.at });
  emitEnd(deps, ctx, next);
};
