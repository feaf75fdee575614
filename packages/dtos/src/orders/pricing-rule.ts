import { Currency, definePage, Id, resourceExample, resourceFields, SingleLineText } from '@plinth/contract-kit';
import { z } from 'zod';
import { PricingConditions } from './pricing-conditions.ts';
import { ProductId } from './product.ts';

export const PricingRuleId = Id.meta({ id: 'PricingRuleId', description: 'The id of a pricing rule.' });

export const PricingRuleName = SingleLineText.max(200).describe('The text that the customer reads next to the amount.');

export const PricingRuleKind = z
  .enum(['volume-discount', 'voucher', 'free-shipping'])
  .meta({ id: 'PricingRuleKind', description: 'What a pricing rule does.' });

export const PricingRuleStatus = z
  .enum(['active', 'disabled'])
  .meta({ id: 'PricingRuleStatus', description: 'A disabled rule applies to no order.' });

export const VoucherCode = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]{2,31}$/, 'must be 3 to 32 letters, digits and dashes')
  .toUpperCase()
  .meta({ id: 'VoucherCode', description: 'What the customer enters. Upper and lower case are the same code.' });

export const Discount = z
  .union([
    z.strictObject({
      basisPoints: z.int().min(1).max(10_000).describe('Hundredths of a percent: 1000 is 10 %. Rounded down.'),
    }),
    z.strictObject({ amount: z.int().min(1).describe('In the smallest unit of the currency of the rule.') }),
  ])
  .meta({ id: 'Discount', description: 'A part of the price of the lines that the rule counts, or an amount.' });
export type Discount = z.infer<typeof Discount>;

const UsesMax = z.int().min(1).max(1_000_000_000).describe('How many orders can use the voucher.');

export const PricingEffect = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('volume-discount'), discount: Discount }),
    z.strictObject({ kind: z.literal('voucher'), code: VoucherCode, usesMax: UsesMax, discount: Discount }),
    z.strictObject({ kind: z.literal('free-shipping') }),
  ])
  .meta({
    id: 'PricingEffect',
    description:
      'A volume discount and free shipping apply automatically. A voucher applies to orders with its code, at most `usesMax` times.',
  });

export const productIdsMax = 50;

/** The fields of a rule that a client writes. */
export const pricingRuleFields = {
  name: PricingRuleName,
  currency: Currency.describe('The rule applies to orders in this currency.'),
  productIds: z
    .array(ProductId)
    .min(1)
    .max(productIdsMax)
    .optional()
    .describe('The rule counts the lines with these products only, in its conditions and for its discount.'),
  conditions: PricingConditions.optional().describe('Without them, the rule always applies.'),
  effect: PricingEffect,
};

export const pricingRuleExample = {
  name: 'Welcome: 10 % off',
  currency: 'EUR',
  conditions: { all: [{ fact: 'subtotal', operator: 'greaterThanInclusive', value: 2000 }] },
  effect: { kind: 'voucher', code: 'WELCOME10', usesMax: 100, discount: { basisPoints: 1000 } },
};

export const PricingRule = z
  .object({ id: PricingRuleId, ...resourceFields, status: PricingRuleStatus, ...pricingRuleFields })
  .meta({ id: 'PricingRule', examples: [{ ...resourceExample, status: 'active', ...pricingRuleExample }] });
export type PricingRule = z.infer<typeof PricingRule>;

export const PricingRulePage = definePage(PricingRule);

export const VoucherUses = z
  .object({
    code: VoucherCode,
    uses: z.int().min(0).describe('The orders that have used it. An order that is cancelled gives its use back.'),
    usesMax: UsesMax,
  })
  .meta({ id: 'VoucherUses', examples: [{ code: 'WELCOME10', uses: 12, usesMax: 100 }] });
