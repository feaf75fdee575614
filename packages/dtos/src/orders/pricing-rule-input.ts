import { defineListQuery, IsoDate, resourceExample } from '@plinth/contract-kit';
import { z } from 'zod';
import {
  PricingRule,
  PricingRuleId,
  PricingRuleKind,
  PricingRuleStatus,
  pricingRuleExample,
  pricingRuleFields,
} from './pricing-rule.ts';

export const PricingRuleParams = z.object({ id: PricingRuleId });

export const CreatePricingRule = z.object(pricingRuleFields).meta({
  id: 'CreatePricingRule',
  examples: [
    pricingRuleExample,
    {
      name: 'Ten packs of tea: 15 % off',
      currency: 'EUR',
      productIds: [resourceExample.id],
      conditions: { all: [{ fact: 'quantity', operator: 'greaterThanInclusive', value: 10 }] },
      effect: { kind: 'volume-discount', discount: { basisPoints: 1500 } },
    },
    {
      name: 'Free shipping from 50 euros',
      currency: 'EUR',
      conditions: { all: [{ fact: 'subtotal', operator: 'greaterThanInclusive', value: 5000 }] },
      effect: { kind: 'free-shipping' },
    },
  ],
});

/** The whole rule: a field that is absent is removed. */
export const ReplacePricingRule = z.object(pricingRuleFields).meta({
  id: 'ReplacePricingRule',
  examples: [{ ...pricingRuleExample, effect: { ...pricingRuleExample.effect, usesMax: 200 } }],
});

const sort = ['-createdAt', 'createdAt'] as const;

export const ListPricingRulesQuery = defineListQuery({
  item: PricingRule,
  filters: { status: PricingRuleStatus, kind: PricingRuleKind },
  ranges: { createdAt: IsoDate },
  combinations: [{ sort }, { where: ['status'], sort }, { where: ['kind'], sort }, { where: ['kind', 'status'], sort }],
});
