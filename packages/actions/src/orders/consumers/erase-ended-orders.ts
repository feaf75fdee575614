import type { Clock, Collection, Ctx, Events } from '@plinth/data-kit';
import type { ErasedCustomerDocument, OrderDocument } from '@plinth/models/orders';
import { erasedCustomersEvents } from '@plinth/service-contracts/orders';
import { endedStatuses, eraseOrder } from './erase-order.ts';

type Deps = {
  orders: Collection<OrderDocument, 'list' | 'update'>;
  erasedCustomers: Collection<ErasedCustomerDocument, 'get'>;
  clock: Clock;
  events: Events;
};
type CustomerErasure = { readonly payload: { readonly erasedCustomerId: string } };

const pageSize = 100;

/**
 * Erases a page of the orders of an erased customer that have ended. The event for the next page is a unit of work of its own, so
 * that a customer may have any number of orders.
 */
export const eraseEndedOrders =
  ({ erasedCustomers, ...deps }: Deps) =>
  async ({ payload: { erasedCustomerId } }: CustomerErasure, ctx: Ctx): Promise<void> => {
    const { customerId } = await erasedCustomers.for(ctx).get(erasedCustomerId);
    const where = { customerId, status: { $in: endedStatuses } };
    // Erased orders have another customer, so the next page is again the first one.
    const { items, nextCursor } = await deps.orders.for(ctx).list({ where, sort: 'createdAt', limit: pageSize });
    for (const order of items) eraseOrder(deps, ctx, order);
    if (nextCursor !== null) {
      deps.events.emit(ctx, erasedCustomersEvents.customerErasureContinued, { erasedCustomerId });
    }
  };
