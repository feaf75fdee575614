import { type Ctx, defineJob, getSagaStep } from '@plinth/data-kit';
import { type CancelDeps, cancel } from '../cancel.ts';
import { timeOutJob } from '../fulfilment-jobs.ts';
import { type MoveDeps, moveFulfilment } from '../move-fulfilment.ts';

type Deps = CancelDeps & MoveDeps;

/**
 * Cancels the order of a fulfilment when nothing of it was shipped in time. The cancellation decides between the timer and a
 * shipment of the same moment, and its event causes the refund.
 */
export const timeOutFulfilment = defineJob({
  ...timeOutJob,
  handle:
    (deps: Deps) =>
    async ({ fulfilmentId, step }, ctx: Ctx): Promise<void> => {
      const fulfilment = await deps.fulfilments.for(ctx).get(fulfilmentId);
      if (getSagaStep(fulfilment) !== step) return;
      const order = await deps.orders.for(ctx).get(fulfilment.orderId);
      // It was shipped or ended by hand, and the event of that is on its way.
      if (order.status !== 'paid') return;
      await cancel(deps, ctx, order);
      moveFulfilment(deps, fulfilment, { ctx, type: 'time-out', reason: 'not-shipped-in-time' });
    },
});
