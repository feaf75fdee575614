import type { Clock, Collection, Ctx, Events } from '@plinth/data-kit';
import { erasedText, erasedUserId } from '@plinth/dtos/orders';
import type { OrderDocument } from '@plinth/models/orders';
import { ordersEvents } from '@plinth/service-contracts/orders';

/** The statuses of orders that need no address any more. */
export const endedStatuses = ['delivered', 'cancelled', 'refunded'] as const satisfies OrderDocument['status'][];

export const hasEnded = ({ status }: Pick<OrderDocument, 'status'>): boolean =>
  (endedStatuses as readonly string[]).includes(status);

type Deps = { orders: Collection<OrderDocument, 'update'>; clock: Clock; events: Events };

const erased = { recipient: erasedText, street: erasedText, city: erasedText };

/** Returns the fields that take the place of personal data. The note has none. */
const toErasedFields = ({ shippingAddress: { country } }: Pick<OrderDocument, 'shippingAddress'>) => ({
  customerId: erasedUserId,
  shippingAddress: { ...erased, country },
});

/** Returns a state of an order as it is stored once its personal data is erased. */
export const toErasedState = ({ note: _note, ...order }: OrderDocument): OrderDocument => ({
  ...order,
  ...toErasedFields(order),
});

/** Removes the personal data of an order, except the country. The attempt fails when the order has changed since it was read. */
export const eraseOrder = ({ orders, clock, events }: Deps, ctx: Ctx, order: OrderDocument): void => {
  const $set = { ...toErasedFields(order), customerErasedAt: clock.now() };
  orders.for(ctx).update(order, { $set, $unset: { note: true } });
  events.emit(ctx, ordersEvents.orderCustomerErased, { orderId: order._id });
};
