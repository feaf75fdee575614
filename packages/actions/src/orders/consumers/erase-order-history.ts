import type { Collection, Ctx, Events, HistoryEntry } from '@plinth/data-kit';
import { erasedUserId } from '@plinth/dtos/orders';
import type { OrderDocument } from '@plinth/models/orders';
import { ordersEvents } from '@plinth/service-contracts/orders';
import { toErasedState } from './erase-order.ts';

type Deps = {
  ordersHistory: Collection<HistoryEntry<OrderDocument>, 'list' | 'update'>;
  events: Events;
};
type OrderErased = { readonly payload: { readonly orderId: string; readonly after?: string } };

const pageSize = 100;

/**
 * Removes the personal data from the history of an order that has none any more. Later changes of the order keep none. The event
 * for the next page is a unit of work of its own, so that a history may have any length.
 */
export const eraseOrderHistory =
  ({ ordersHistory, events }: Deps) =>
  async ({ payload: { orderId, after } }: OrderErased, ctx: Ctx): Promise<void> => {
    const history = ordersHistory.for(ctx);
    const where = { documentId: orderId, ...(after !== undefined && { createdAt: { $gt: new Date(after) } }) };
    const { items, nextCursor } = await history.list({ where, sort: 'createdAt', limit: pageSize });
    for (const entry of items) {
      const { documentBefore: before } = entry;
      if (!before || before.customerId === erasedUserId) continue;
      history.update(entry, { $set: { documentBefore: toErasedState(before) } });
    }
    const last = items.at(-1);
    if (nextCursor === null || !last) return;
    events.emit(ctx, ordersEvents.orderHistoryErasureContinued, { orderId, after: last.createdAt.toISOString() });
  };
