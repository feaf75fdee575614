import type { Ctx } from '@plinth/data-kit';
import { type MoveDeps, moveFulfilment } from '../move-fulfilment.ts';

type OrderShipped = { readonly payload: { readonly orderId: string; readonly isWhole: boolean } };

/** Moves the fulfilment of an order on when some of its items or all of them were shipped. */
export const followShipment =
  (deps: MoveDeps) =>
  async ({ payload: { orderId, isWhole } }: OrderShipped, ctx: Ctx): Promise<void> => {
    const fulfilment = await deps.fulfilments.for(ctx).find({ orderId });
    if (fulfilment) moveFulfilment(deps, fulfilment, { ctx, type: isWhole ? 'ship' : 'ship-part' });
  };
