import type { PricingRulesService } from '@plinth/contracts/orders';
import type { Collection } from '@plinth/data-kit';
import { type PricingRuleDocument, toPricingRule } from '@plinth/models/orders';

type Deps = { pricingRules: Collection<PricingRuleDocument, 'list'> };

export const listPricingRules =
  ({ pricingRules }: Deps): PricingRulesService['listPricingRules'] =>
  async ({ query: { where, sort, limit, cursor } }, ctx) =>
    pricingRules.for(ctx).list({ where, sort, limit, cursor }, toPricingRule);
