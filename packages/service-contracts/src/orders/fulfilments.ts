import { commonErrors, defineContract, defineRoute } from '@plinth/contract-kit';
import { Fulfilment, OrderParams, StartFulfilment } from '@plinth/dtos/orders';
import { ordersErrors } from './errors.ts';
import { fulfilmentLifecycle } from './lifecycle.ts';
import { fulfilmentsPermissions } from './permissions.ts';

const { fulfilmentStarted, illegalTransition } = ordersErrors;

export const fulfilmentsContract = defineContract('fulfilments', {
  permissions: fulfilmentsPermissions,
  lifecycle: fulfilmentLifecycle,
  routes: {
    startFulfilment: defineRoute({
      method: 'POST',
      path: '/v1/orders/:id/fulfilment',
      summary: 'Start the fulfilment of an order',
      description:
        'Charges the total to the payment method, waits for the shipment, and completes. A declined payment cancels the order, and so does a shipment that has not begun in time, whose charge is refunded. The order has been placed and has no other fulfilment. The response comes before the charge: read the fulfilment for its outcome.',
      auth: { policy: 'fulfilments:write' },
      params: OrderParams,
      body: StartFulfilment,
      responses: { 202: Fulfilment },
      errors: [illegalTransition, fulfilmentStarted, commonErrors.conflict],
    }),
    getFulfilment: defineRoute({
      method: 'GET',
      path: '/v1/orders/:id/fulfilment',
      summary: 'Get the fulfilment of an order',
      description: 'Has its statuses so far, and the time at which it moves on by itself.',
      auth: { policy: 'fulfilments:read' },
      params: OrderParams,
      responses: { 200: Fulfilment },
    }),
  },
});
