import type { OrderStatus, OrderTransition } from '@plinth/dtos/orders';
import { raise, setup } from 'xstate';

/** A change of an order. A shipment is whole when nothing is left to ship, and a refund when nothing is left to refund. */
export type OrderEvent =
  | { readonly type: Exclude<OrderTransition, 'ship' | 'refund'> }
  | { readonly type: 'ship' | 'refund'; readonly isWhole: boolean };

const isWhole = 'isWhole';

const refundFrom = (status: OrderStatus) => [{ guard: isWhole, target: 'refunded' }, { target: status }] as const;
const ship = [{ guard: isWhole, target: 'shipped' }, { target: 'partly-shipped' }] as const;

/** The life of an order. An event that its status does not name is illegal. */
export const orderLifecycle = setup({
  types: { events: {} as OrderEvent },
  guards: { isWhole: ({ event }) => 'isWhole' in event && event.isWhole },
}).createMachine({
  id: 'order',
  initial: 'placed',
  states: {
    placed: { on: { update: 'placed', cancel: 'cancelled', 'mark-paid': 'paid' } },
    paid: { on: { update: 'paid', cancel: 'cancelled', ship, refund: refundFrom('paid') } },
    'partly-shipped': { on: { ship, refund: refundFrom('partly-shipped') } },
    shipped: { on: { deliver: 'delivered', refund: refundFrom('shipped') } },
    delivered: { on: { refund: refundFrom('delivered') } },
    cancelled: { type: 'final' },
    refunded: { type: 'final' },
  },
});

/** A step of a fulfilment that ended, or a change of its order. */
export type FulfilmentEvent = {
  readonly type: 'charge' | 'decline' | 'ship-part' | 'ship' | 'time-out' | 'refund';
};

const hourMs = 3_600_000;

/**
 * The life of a fulfilment. Its order is charged, and then waits for its shipment until the timer of `shipping` fires. It is
 * undone backwards: the order is cancelled, then the charge is refunded. An event that its status does not name is ignored.
 */
export const fulfilmentLifecycle = setup({
  types: { context: {} as { readonly shipWithinHours: number }, events: {} as FulfilmentEvent },
}).createMachine({
  id: 'fulfilment',
  context: { shipWithinHours: 0 },
  initial: 'charging',
  states: {
    charging: { on: { charge: 'shipping', decline: 'cancelled' } },
    shipping: {
      entry: raise({ type: 'time-out' }, { delay: ({ context }) => context.shipWithinHours * hourMs }),
      on: { 'ship-part': 'partly-shipped', ship: 'completed', 'time-out': 'refunding', refund: 'cancelled' },
    },
    'partly-shipped': { on: { ship: 'completed', refund: 'cancelled' } },
    refunding: { on: { refund: 'cancelled' } },
    completed: { type: 'final' },
    cancelled: { type: 'final' },
  },
});
