import type { OrdersService } from '@plinth/contracts/orders';
import type { Collection } from '@plinth/data-kit';
import { type OrderDocument, toOrder } from '@plinth/models/orders';

type Deps = { orders: Collection<OrderDocument, 'get'> };

export const getOrder =
  ({ orders }: Deps): OrdersService['getOrder'] =>
  async ({ id }, ctx) =>
    toOrder(await orders.for(ctx).get(id));
