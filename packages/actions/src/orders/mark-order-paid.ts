import { commonErrors } from '@plinth/contract-kit';
import type { OrdersService } from '@plinth/contracts/orders';
import type { Collection, Events } from '@plinth/data-kit';
import { type OrderDocument, toOrder } from '@plinth/models/orders';
import { ordersEvents } from '@plinth/service-contracts/orders';
import { assertNotCharging } from './assert-not-charging.ts';
import { getNextStatus } from './lifecycle.ts';

type Deps = { orders: Collection<OrderDocument, 'get' | 'update'>; events: Events };

export const markOrderPaid =
  ({ orders, events }: Deps): OrdersService['markOrderPaid'] =>
  async ({ id }, ctx) => {
    const order = await orders.for(ctx).get(id);
    assertNotCharging(order);
    const $set = { status: getNextStatus(order.status, { type: 'mark-paid' }), paidAmount: order.totalAmount };
    const paid = toOrder(orders.for(ctx).update(order, { $set }, commonErrors.conflict()));
    events.emit(ctx, ordersEvents.orderPaid, { orderId: id, paid: paid.paid });
    return paid;
  };
