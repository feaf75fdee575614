import { commonErrors } from '@plinth/contract-kit';
import type { OrdersService } from '@plinth/contracts/orders';
import type { Collection, HistoryEntry } from '@plinth/data-kit';
import { type OrderDocument, toOrder } from '@plinth/models/orders';
import { toErasedState } from './consumers/erase-order.ts';

type Deps = {
  orders: Collection<OrderDocument, 'get'>;
  ordersHistory: Collection<HistoryEntry<OrderDocument>, 'list'>;
};

export const getOrder =
  ({ orders, ordersHistory }: Deps): OrdersService['getOrder'] =>
  async ({ id, query: { asOf } }, ctx) => {
    const order = await orders.for(ctx).get(id);
    if (!asOf || order.updatedAt <= asOf) return toOrder(order);
    // The first change after that time has the order as it was until then.
    const where = { documentId: id, createdAt: { $gt: asOf } };
    const { items } = await ordersHistory.for(ctx).list({ where, sort: 'createdAt', limit: 1 });
    const before = items[0]?.documentBefore;
    // Releases without a history may have made changes of which it knows nothing.
    if (!before || before.updatedAt > asOf) throw commonErrors.notFound();
    // Its history is erased later, and after failures only when an operator retries them.
    return toOrder(order.customerErasedAt ? toErasedState(before) : before);
  };
