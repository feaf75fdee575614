import type { PricingRulesService } from '@plinth/contracts/orders';
import type { Collection } from '@plinth/data-kit';
import { type PricingRuleDocument, toPricingRule } from '@plinth/models/orders';

type Deps = { pricingRules: Collection<PricingRuleDocument, 'get'> };

export const getPricingRule =
  ({ pricingRules }: Deps): PricingRulesService['getPricingRule'] =>
  async ({ id }, ctx) =>
    toPricingRule(await pricingRules.for(ctx).get(id));
