import { commonErrors } from '@plinth/contract-kit';
import type { PricingRulesService } from '@plinth/contracts/orders';
import type { Collection, Events } from '@plinth/data-kit';
import { type PricingRuleDocument, toPricingRule } from '@plinth/models/orders';
import { ordersErrors, pricingRulesEvents } from '@plinth/service-contracts/orders';
import { changeRuleSet, type RuleSets } from './change-rule-set.ts';

type Deps = { pricingRules: Collection<PricingRuleDocument, 'get' | 'update'>; ruleSets: RuleSets; events: Events };

export const disablePricingRule =
  ({ pricingRules, ruleSets, events }: Deps): PricingRulesService['disablePricingRule'] =>
  async ({ id }, ctx) => {
    const rule = await pricingRules.for(ctx).get(id);
    if (rule.status === 'disabled') throw ordersErrors.alreadyDisabled();
    const disabled = pricingRules.for(ctx).update(rule, { $set: { status: 'disabled' } }, commonErrors.conflict());
    await changeRuleSet({ ruleSets, ctx }, rule, -1);
    events.emit(ctx, pricingRulesEvents.pricingRuleDisabled, { ruleId: id });
    return toPricingRule(disabled);
  };
