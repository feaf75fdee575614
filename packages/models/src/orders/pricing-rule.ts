import { defineCollection, defineMapper, Entity, entityFields } from '@plinth/data-kit';
import { type PricingRule, PricingRuleKind, PricingRuleStatus, pricingRuleFields } from '@plinth/dtos/orders';
import type { z } from 'zod';
import { products } from './product.ts';

/** A pricing rule as stored. Clients receive `PricingRule`, which `toPricingRule` returns. */
export const PricingRuleDocument = Entity.extend({
  status: PricingRuleStatus,
  kind: PricingRuleKind.describe('The kind of the effect, because lists are filtered by it.'),
  ...pricingRuleFields,
});
export type PricingRuleDocument = z.infer<typeof PricingRuleDocument>;

export const pricingRules = defineCollection('pricingRules', PricingRuleDocument, {
  tenancy: 'tenant',
  indexes: {
    newest: { fields: ['createdAt', '_id'] },
    newestOfStatus: { fields: ['status', 'createdAt', '_id'] },
    newestOfKind: { fields: ['kind', 'createdAt', '_id'] },
    newestOfKindAndStatus: { fields: ['kind', 'status', 'createdAt', '_id'] },
  },
  // Products are never removed, so a rule never prevents a removal.
  references: { productIds: { to: products, missing: 'product-missing' } },
});

export const toPricingRule = defineMapper<PricingRuleDocument, PricingRule>({
  ...entityFields,
  status: 'status',
  name: 'name',
  currency: 'currency',
  productIds: 'productIds',
  conditions: 'conditions',
  effect: 'effect',
});
