import type { OrdersService } from '@plinth/contracts/orders';
import { type Collection, type Events, toPatchChange } from '@plinth/data-kit';
import { EditableOrder } from '@plinth/dtos/orders';
import { type OrderDocument, toOrder } from '@plinth/models/orders';
import { ordersEvents } from '@plinth/service-contracts/orders';
import { assertLegal } from './lifecycle.ts';

type Deps = { orders: Collection<OrderDocument, 'get' | 'update'>; events: Events };

/** A patch that changes nothing keeps the version and emits no event. */
export const updateOrder =
  ({ orders, events }: Deps): OrdersService['updateOrder'] =>
  async ({ id, version, body }, ctx) => {
    const order = await orders.for(ctx).get(id, { version });
    assertLegal(order.status, { type: 'update' });
    const change = toPatchChange(EditableOrder, order, body);
    if (!change) return toOrder(order);
    const updated = orders.for(ctx).update(order, change);
    events.emit(ctx, ordersEvents.orderUpdated, { orderId: id });
    return toOrder(updated);
  };
