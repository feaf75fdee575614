import type { OrdersService } from '@plinth/contracts/orders';
import { type Collection, entityFields, type HistoryEntry } from '@plinth/data-kit';
import type { OrderHistoryEntry } from '@plinth/dtos/orders';
import { type OrderDocument, toOrder } from '@plinth/models/orders';
import { toErasedState } from './consumers/erase-order.ts';

type Deps = {
  orders: Collection<OrderDocument, 'get'>;
  ordersHistory: Collection<HistoryEntry<OrderDocument>, 'list'>;
};
type Entry = HistoryEntry<OrderDocument>;
type ListQuery = Parameters<ReturnType<Deps['ordersHistory']['for']>['list']>[0];
type Fields = OrderHistoryEntry['after'];

/** Returns the fields of an order that differ in another state of it. */
const pickChanged = (document: OrderDocument, other: OrderDocument | undefined): Fields => {
  const others: Readonly<Record<string, unknown>> = other ? toOrder(other) : {};
  return Object.fromEntries(
    Object.entries(toOrder(document)).filter(
      ([name, value]) => !Object.hasOwn(entityFields, name) && JSON.stringify(value) !== JSON.stringify(others[name]),
    ),
  );
};

const toEntry = (entry: Entry, states: ReadonlyMap<number, OrderDocument>): OrderHistoryEntry => {
  const { documentBefore: before, documentVersion: version, operation: action } = entry;
  const after = states.get(version);
  return {
    id: entry._id,
    createdAt: entry.createdAt.toISOString(),
    version,
    action,
    actor: entry.actor,
    requestId: entry.requestId,
    events: entry.events,
    ...(before && { before: pickChanged(before, after) }),
    // Unknown when a release without a history has made the next change.
    after: after ? pickChanged(after, before) : {},
  };
};

/** The history of an erased order is erased later, and after failures only when an operator retries them. */
const withoutErased = (entry: Entry, { customerErasedAt }: OrderDocument): Entry => {
  const { documentBefore: before } = entry;
  return customerErasedAt && before ? { ...entry, documentBefore: toErasedState(before) } : entry;
};

/** An entry has the order before its change. The order after it is in the next entry, or is the order as it is. */
export const listOrderHistory =
  ({ orders, ordersHistory }: Deps): OrdersService['listOrderHistory'] =>
  async ({ id, query: { sort, limit, cursor } }, ctx) => {
    const order = await orders.for(ctx).get(id);
    const list = async (query: ListQuery) => {
      const page = await ordersHistory.for(ctx).list(query);
      return { ...page, items: page.items.map((entry) => withoutErased(entry, order)) };
    };
    const page = await list({ where: { documentId: id }, sort, limit, cursor });
    // A change that was committed after the order was read is left to the next request.
    const items = page.items.filter(({ documentVersion }) => documentVersion <= order.version);
    const [newest] = items;
    if (!newest) return { items: [], nextCursor: page.nextCursor };
    const where = { documentId: id, createdAt: { $gt: newest.createdAt } };
    const { items: newer } = await list({ where, sort: 'createdAt', limit: 1 });
    const known = [order, ...[...newer, ...items].flatMap(({ documentBefore }) => documentBefore ?? [])];
    const states = new Map(known.map((document) => [document.version, document]));
    return { items: items.map((entry) => toEntry(entry, states)), nextCursor: page.nextCursor };
  };
