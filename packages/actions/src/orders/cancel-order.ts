import type { OrdersService } from '@plinth/contracts/orders';
import { toOrder } from '@plinth/models/orders';
import { type CancelDeps, cancel } from './cancel.ts';

export const cancelOrder =
  (deps: CancelDeps): OrdersService['cancelOrder'] =>
  async ({ id }, ctx) =>
    toOrder(await cancel(deps, ctx, await deps.orders.for(ctx).get(id)));
