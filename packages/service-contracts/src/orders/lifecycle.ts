import type { OrderStatus, OrderTransition } from '@plinth/dtos/orders';
import { setup } from 'xstate';

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
