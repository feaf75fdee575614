import type { SalesService } from '@plinth/contracts/orders';
import type { Collection } from '@plinth/data-kit';
import type { OrderDocument } from '@plinth/models/orders';
import { ordersErrors } from '@plinth/service-contracts/orders';

type Deps = { orders: Collection<OrderDocument, 'summarise'> };

/** More than the days of a year in two currencies. */
const groupsMax = 1000;

export const getSalesSummary =
  ({ orders }: Deps): SalesService['getSalesSummary'] =>
  async ({ query: { from, to } }, ctx) => {
    const where = { createdAt: { $gte: from, $lt: to } };
    const sum = ['totalAmount', 'paidAmount', 'refundedAmount'] as const;
    const groups = { by: 'currency', byDay: 'createdAt', sum, groupsMax } as const;
    const days = await orders.for(ctx).summarise({ where, ...groups }, ordersErrors.periodTooLarge());
    const items = days.map(({ day, by: currency, count, sum: { totalAmount, paidAmount, refundedAmount } }) => ({
      day,
      orders: count,
      total: { amount: totalAmount, currency },
      paid: { amount: paidAmount, currency },
      refunded: { amount: refundedAmount, currency },
    }));
    return { items };
  };
