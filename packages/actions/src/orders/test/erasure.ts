import { type Ctx, type Draft, Entity } from '@plinth/data-kit';
import type { OrderDocument } from '@plinth/models/orders';
import { createId } from '@plinth/testing';
import { createShop } from './shop.ts';

/** Creates a shop whose orders are those of one user, and the consumers of its events as a worker runs them. */
export const createErasure = () => {
  const userId = createId();
  const shop = createShop({ customer: { userId }, note: 'Ring twice.' });
  const { db, run } = shop;
  const toEvent = (payload: object) => ({ payload }) as never;
  const handlers: Readonly<Record<string, (payload: object) => Promise<void>>> = {
    'orders.customer-erasure-started': (payload) => run.eraseEndedOrders(toEvent(payload)),
    'orders.customer-erasure-continued': (payload) => run.eraseEndedOrders(toEvent(payload)),
    'orders.order-customer-erased': (payload) => run.eraseOrderHistory(toEvent(payload)),
    'orders.order-history-erasure-continued': (payload) => run.eraseOrderHistory(toEvent(payload)),
    'orders.order-delivered': (payload) => run.eraseOrderAtEnd(toEvent(payload)),
    'orders.order-cancelled': (payload) => run.eraseOrderAtEnd(toEvent(payload)),
    'orders.order-refunded': (payload) => run.eraseOrderAtEnd(toEvent(payload)),
  };
  let handled = 0;
  /** Handles the events that were emitted since the last call, and those that their consumers emit. */
  const handleEvents = async (): Promise<void> => {
    for (let events = db.emitted(); handled < events.length; events = db.emitted()) {
      const event = events[handled];
      handled += 1;
      if (event) await handlers[event.name]?.(event.payload);
    }
  };
  const startErasure = (id = userId) => run.startCustomerErasure({ payload: { userId: id } });
  return {
    ...shop,
    userId,
    startErasure,
    handleEvents,
    /** Handles the erasure of the user to its end. */
    eraseCustomer: async (id = userId): Promise<void> => {
      await startErasure(id);
      await handleEvents();
    },
    /** Stores cancelled orders of the user. */
    addCancelledOrders: async (count: number): Promise<void> => {
      const { order } = await shop.orderOne();
      await shop.cancel(order);
      const stored = Object.entries(shop.storedOrder(order) ?? {});
      const draft = Object.fromEntries(stored.filter(([name]) => !Object.hasOwn(Entity.shape, name)));
      const insertCopies = async (copies: number, ctx: Ctx): Promise<void> => {
        for (let index = 0; index < copies; index += 1) db.orders.for(ctx).insert(draft as Draft<OrderDocument>);
      };
      await db.unitOfWork(insertCopies)(count - 1, shop.owner);
      await handleEvents();
    },
    /** Returns the ids of the orders that still have personal data. */
    listPersonal: (): string[] =>
      db.orders
        .all()
        .filter((order) => /Ring twice|Ada|James|London/.test(JSON.stringify(order)) || order.customerId === userId)
        .map(({ _id }) => _id),
  };
};

export type Erasure = ReturnType<typeof createErasure>;
