import { commonErrors } from '@plinth/contract-kit';
import type { OrdersService } from '@plinth/contracts/orders';
import type { Collection, Events } from '@plinth/data-kit';
import { type OrderDocument, toOrder } from '@plinth/models/orders';
import { ordersEvents } from '@plinth/service-contracts/orders';
import { getNextStatus } from './lifecycle.ts';

type Deps = { orders: Collection<OrderDocument, 'get' | 'update'>; events: Events };

export const deliverOrder =
  ({ orders, events }: Deps): OrdersService['deliverOrder'] =>
  async ({ id }, ctx) => {
    const order = await orders.for(ctx).get(id);
    const $set = { status: getNextStatus(order.status, { type: 'deliver' }) };
    const delivered = orders.for(ctx).update(order, { $set }, commonErrors.conflict());
    events.emit(ctx, ordersEvents.orderDelivered, { orderId: id });
    return toOrder(delivered);
  };
