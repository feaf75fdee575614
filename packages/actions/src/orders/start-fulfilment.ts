import { commonErrors } from '@plinth/contract-kit';
import type { FulfilmentsService } from '@plinth/contracts/orders';
import type { Clock, Collection, Events, Jobs } from '@plinth/data-kit';
import { type FulfilmentDocument, type OrderDocument, toFulfilment } from '@plinth/models/orders';
import { fulfilmentsEvents, ordersErrors } from '@plinth/service-contracts/orders';
import { chargeJob, toStep } from './fulfilment-jobs.ts';
import { assertLegal } from './lifecycle.ts';

type Deps = {
  orders: Collection<OrderDocument, 'get' | 'update'>;
  fulfilments: Collection<FulfilmentDocument, 'insert'>;
  jobs: Jobs;
  events: Events;
  clock: Clock;
};

/** The stock was taken when the order was placed. From here on the fulfilment owns the order, and a job charges it. */
export const startFulfilment =
  ({ orders, fulfilments, jobs, events, clock }: Deps): FulfilmentsService['startFulfilment'] =>
  async ({ id: orderId, body: { paymentMethod, shipWithinHours } }, ctx) => {
    const order = await orders.for(ctx).get(orderId);
    if (order.fulfilmentId !== undefined) throw ordersErrors.fulfilmentStarted();
    assertLegal(order.status, { type: 'mark-paid' });
    const fulfilment = fulfilments.for(ctx).insert({
      orderId,
      status: 'charging',
      history: [{ status: 'charging', at: clock.now() }],
      currency: order.currency,
      amount: order.totalAmount,
      refundedAmount: 0,
      shipWithinHours,
      paymentMethod,
    });
    const { _id: fulfilmentId } = fulfilment;
    orders.for(ctx).update(order, { $set: { fulfilmentId } }, commonErrors.conflict());
    jobs.enqueue(ctx, chargeJob, { input: toStep(fulfilment) });
    events.emit(ctx, fulfilmentsEvents.fulfilmentStarted, { fulfilmentId, orderId });
    return toFulfilment(fulfilment);
  };
