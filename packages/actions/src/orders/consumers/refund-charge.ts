import type { Money } from '@plinth/contract-kit';
import type { Payments } from '@plinth/contracts/orders';
import type { Ctx } from '@plinth/data-kit';
import { type MoveDeps, moveFulfilment } from '../move-fulfilment.ts';

type Deps = MoveDeps & { payments: Payments };

/** An order was cancelled, or refunded whole or in part, by a user or by its fulfilment. */
type OrderRefunded = {
  readonly id: string;
  readonly payload:
    | { readonly orderId: string; readonly refunded: Money }
    | { readonly orderId: string; readonly amount: Money; readonly isWhole: boolean };
};

/**
 * Refunds at the provider what an order says is refunded: the only way by which a charge goes back. The event is the key, so that a
 * repetition refunds nothing more.
 */
export const refundCharge =
  ({ payments, ...deps }: Deps) =>
  async ({ id, payload }: OrderRefunded, ctx: Ctx): Promise<void> => {
    const fulfilment = await deps.fulfilments.for(ctx).find({ orderId: payload.orderId });
    if (!fulfilment) return;
    const { chargeId, refundedAmount } = fulfilment;
    const amount = 'refunded' in payload ? payload.refunded : payload.amount;
    const isRefunded = chargeId !== undefined && amount.amount > 0;
    if (isRefunded) {
      const outcome = await payments.refund({ chargeId, amount, key: `${id}.refund` });
      // The money is owed: an operator has to look at it.
      if (outcome.status === 'declined') throw new Error(`The refund of ${chargeId} was declined: ${outcome.reason}.`);
    }
    const changed = isRefunded ? { refundedAmount: refundedAmount + amount.amount } : undefined;
    const hasEnded = 'refunded' in payload || payload.isWhole;
    // A refund of a part leaves the status as it is.
    if (hasEnded) moveFulfilment(deps, fulfilment, { ctx, type: 'refund', reason: 'order-refunded', changed });
    else if (changed) deps.fulfilments.for(ctx).update(fulfilment, { $set: changed });
  };
