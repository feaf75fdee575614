import type { OrdersService } from '@plinth/contracts/orders';
import { toOrder } from '@plinth/models/orders';
import { assertNotCharging } from './assert-not-charging.ts';
import { type CancelDeps, cancel } from './cancel.ts';

export const cancelOrder =
  (deps: CancelDeps): OrdersService['cancelOrder'] =>
  async ({ id }, ctx) => {
    const order = await deps.orders.for(ctx).get(id);
    assertNotCharging(order);
    return toOrder(await cancel(deps, ctx, order));
  };
