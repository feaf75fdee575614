import type { Clock, Collection, Ctx, Events } from '@plinth/data-kit';
import type { ErasedCustomerDocument, OrderDocument } from '@plinth/models/orders';
import { eraseOrder, hasEnded } from './erase-order.ts';

type Deps = {
  orders: Collection<OrderDocument, 'get' | 'update'>;
  erasedCustomers: Collection<ErasedCustomerDocument, 'find'>;
  clock: Clock;
  events: Events;
};
type OrderChanged = { readonly payload: { readonly orderId: string } };

/** Erases an order that has ended, when its customer was erased before. */
export const eraseOrderAtEnd =
  ({ erasedCustomers, ...deps }: Deps) =>
  async ({ payload: { orderId } }: OrderChanged, ctx: Ctx): Promise<void> => {
    const order = await deps.orders.for(ctx).get(orderId);
    // A refund of a part does not end an order. The customer of an erased order is in no document.
    if (!hasEnded(order) || !(await erasedCustomers.for(ctx).find({ customerId: order.customerId }))) return;
    eraseOrder(deps, ctx, order);
  };
