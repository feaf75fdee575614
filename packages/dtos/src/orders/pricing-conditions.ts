import { z } from 'zod';
import { CountryCode } from './country.ts';

/** The maximum number of conditions of a group, and of groups and conditions of a rule. */
const itemsMax = 5;

const NumberCondition = z.strictObject({
  fact: z
    .enum(['subtotal', 'quantity'])
    .describe('The price of the lines before discounts, in the smallest unit of the currency, or the number of items.'),
  operator: z.enum(['equal', 'notEqual', 'lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive']),
  value: z.int().min(0),
});

const CountryCondition = z.strictObject({
  fact: z.literal('country').describe('The country of the shipping address.'),
  operator: z.enum(['in', 'notIn']),
  value: z.array(CountryCode).min(1).max(50),
});

export const PricingCondition = z
  .union([NumberCondition, CountryCondition])
  .meta({ id: 'PricingCondition', description: 'A comparison of a fact of the order with a value.' });

const group = <S extends z.ZodType>(item: S) => {
  const items = z.array(item).min(1).max(itemsMax);
  return z.union([
    z.strictObject({ all: items.describe('Holds when each of them does.') }),
    z.strictObject({ any: items.describe('Holds when one of them does.') }),
  ]);
};

const PricingConditionGroup = group(PricingCondition).meta({
  id: 'PricingConditionGroup',
  description: 'Conditions without further groups.',
});

/** The conditions of a rule, in the format of json-rules-engine. Nothing else of that format is accepted: no paths, no references. */
export const PricingConditions = group(z.union([PricingCondition, PricingConditionGroup])).meta({
  id: 'PricingConditions',
  description: 'When a rule applies to an order. Groups have one level.',
});
export type PricingConditions = z.infer<typeof PricingConditions>;
