import { commonErrors } from '@plinth/contract-kit';
import type { ChargeOutcome, Payments } from '@plinth/contracts/orders';
import { type Ctx, defineJob, getSagaStep } from '@plinth/data-kit';
import type { FulfilmentDocument } from '@plinth/models/orders';
import { ordersEvents } from '@plinth/service-contracts/orders';
import { type CancelDeps, cancel } from '../cancel.ts';
import { chargeJob } from '../fulfilment-jobs.ts';
import { getNextStatus } from '../lifecycle.ts';
import { type MoveDeps, moveFulfilment } from '../move-fulfilment.ts';

type Deps = CancelDeps & MoveDeps & { payments: Payments };

/** Providers remember a key for 24 hours. Later the same request could charge again. */
const keyMsMax = 23 * 3_600_000;

type Charged = { readonly status: 'succeeded'; readonly chargeId?: string };

/** Charges nothing for a total of 0, which a provider would refuse. */
const charge = async ({ payments, clock }: Deps, fulfilment: FulfilmentDocument): Promise<ChargeOutcome | Charged> => {
  const { _id, amount, currency, paymentMethod = '', createdAt } = fulfilment;
  if (amount === 0) return { status: 'succeeded' };
  if (clock.now().getTime() - createdAt.getTime() > keyMsMax) {
    throw new Error(`The outcome of the charge ${_id} is unknown for a day. Look it up at the provider by this key.`);
  }
  return payments.charge({ amount: { amount, currency }, paymentMethod, key: `${_id}.charge` });
};

/**
 * Charges the order of a fulfilment, with no transaction open. A crash after the call repeats it with the same key, so that the
 * provider charges once. A declined payment cancels the order.
 */
export const chargeFulfilment = defineJob({
  ...chargeJob,
  timeoutMs: 60_000,
  handle:
    (deps: Deps) =>
    async ({ fulfilmentId, step }, ctx: Ctx): Promise<void> => {
      const fulfilment = await deps.fulfilments.for(ctx).get(fulfilmentId);
      if (getSagaStep(fulfilment) !== step) return;
      const outcome = await charge(deps, fulfilment);
      // After the call, because the order may have got another address meanwhile.
      const order = await deps.orders.for(ctx).get(fulfilment.orderId);
      if (outcome.status === 'declined') {
        await cancel(deps, ctx, order);
        moveFulfilment(deps, fulfilment, { ctx, type: 'decline', reason: outcome.reason });
        return;
      }
      const $set = { status: getNextStatus(order.status, { type: 'mark-paid' }), paidAmount: fulfilment.amount };
      deps.orders.for(ctx).update(order, { $set }, commonErrors.conflict());
      const { amount, currency } = fulfilment;
      deps.events.emit(ctx, ordersEvents.orderPaid, { orderId: order._id, paid: { amount, currency } });
      const { chargeId } = outcome;
      moveFulfilment(deps, fulfilment, {
        ctx,
        type: 'charge',
        ...(chargeId !== undefined && { changed: { chargeId } }),
      });
    },
});
