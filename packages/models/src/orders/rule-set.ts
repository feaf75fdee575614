import { defineCollection, Entity } from '@plinth/data-kit';
import { z } from 'zod';

/** The maximum number of active volume discounts and free shippings of an organization: each order evaluates all of them. */
export const activeRulesMax = 20;

/**
 * The number of active automatic rules, in one document for each organization. Its version grows with each change of one of these
 * rules, so an order that requires the version is placed by the rules of its commit.
 */
export const RuleSetDocument = Entity.extend({
  scope: z.literal('tenant').describe('The same in every document, so that the unique index allows one per tenant.'),
  activeRules: z.int().min(0),
});
export type RuleSetDocument = z.infer<typeof RuleSetDocument>;

export const ruleSets = defineCollection('ruleSets', RuleSetDocument, {
  tenancy: 'tenant',
  indexes: { byScope: { fields: ['scope'], unique: 'conflict' } },
});
