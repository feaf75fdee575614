import { type Ctx, defineJob } from '@plinth/data-kit';
import { z } from 'zod';
import { isCharging } from '../assert-not-charging.ts';
import { type CancelDeps, cancel } from '../cancel.ts';

/** Cancels an order that is still unpaid. One that is paid meanwhile makes the attempt fail, and the next one leaves it. */
export const cancelUnpaidOrder = defineJob({
  name: 'cancel-unpaid-order',
  input: z.object({ orderId: z.string() }),
  handle:
    (deps: CancelDeps) =>
    async ({ orderId }, ctx: Ctx): Promise<void> => {
      const order = await deps.orders.for(ctx).get(orderId);
      if (order.status === 'placed' && !isCharging(order)) await cancel(deps, ctx, order);
    },
});
