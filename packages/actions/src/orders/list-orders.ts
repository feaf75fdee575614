import type { OrdersService } from '@plinth/contracts/orders';
import type { Collection } from '@plinth/data-kit';
import { type OrderDocument, toOrderSummary } from '@plinth/models/orders';

type Deps = { orders: Collection<OrderDocument, 'list'> };

const storedSorts = { total: 'totalAmount', '-total': '-totalAmount' } as const;

export const listOrders =
  ({ orders }: Deps): OrdersService['listOrders'] =>
  async ({ query: { where, sort, limit, cursor } }, ctx) => {
    const { total, ...filters } = where;
    const storedSort = sort === 'total' || sort === '-total' ? storedSorts[sort] : sort;
    const storedWhere = { ...filters, ...(total && { totalAmount: total }) };
    return orders.for(ctx).list({ where: storedWhere, sort: storedSort, limit, cursor }, toOrderSummary);
  };
