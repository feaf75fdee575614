import { IsoDate, Money, withRule } from '@plinth/contract-kit';
import { z } from 'zod';

const daysMax = 366;
const dayMs = 86_400_000;

/** The period of a summary. */
export const SalesQuery = withRule(
  z.strictObject({
    from: IsoDate.describe('The time from which orders count.'),
    to: IsoDate.describe('The time before which orders count.'),
  }),
  {
    field: 'to',
    code: 'unsupported-period',
    message: `must be after from, by ${daysMax} days at most`,
    holds: ({ from, to }) => to > from && to.getTime() - from.getTime() <= daysMax * dayMs,
    repair: ({ from }) => ({ to: new Date(from.getTime() + dayMs) }),
  },
);

const example = {
  day: '2026-01-31',
  orders: 2,
  total: { amount: 5000, currency: 'EUR' },
  paid: { amount: 2500, currency: 'EUR' },
  refunded: { amount: 0, currency: 'EUR' },
};

export const SalesOfDay = z
  .object({
    day: z.iso.date().describe('The day in UTC on which the orders were placed.'),
    orders: z.int().min(1).describe('The number of orders.'),
    total: Money.describe('The sum of their totals.'),
    paid: Money.describe('What has been paid of them until now.'),
    refunded: Money.describe('What has been refunded of it until now.'),
  })
  .meta({ id: 'SalesOfDay', examples: [example] });

export const SalesSummary = z
  .object({
    items: z.array(SalesOfDay).describe('One for each day and currency, in order. Days without orders are left out.'),
  })
  .meta({ id: 'SalesSummary', examples: [{ items: [example] }] });
