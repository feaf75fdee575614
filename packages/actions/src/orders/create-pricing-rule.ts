import type { PricingRulesService } from '@plinth/contracts/orders';
import type { Collection, Events } from '@plinth/data-kit';
import { type PricingRuleDocument, toPricingRule, type VoucherDocument } from '@plinth/models/orders';
import { pricingRulesEvents } from '@plinth/service-contracts/orders';
import { changeRuleSet, type RuleSets } from './change-rule-set.ts';

type Deps = {
  pricingRules: Collection<PricingRuleDocument, 'insert'>;
  ruleSets: RuleSets;
  vouchers: Collection<VoucherDocument, 'insert'>;
  events: Events;
};

/** Creates a rule, and with a voucher the count of its uses. The unique index rejects a taken code at commit. */
export const createPricingRule =
  ({ pricingRules, ruleSets, vouchers, events }: Deps): PricingRulesService['createPricingRule'] =>
  async ({ body: { name, currency, productIds, conditions, effect } }, ctx) => {
    const { kind } = effect;
    const draft = { status: 'active', kind, name, currency, productIds, conditions, effect } as const;
    const rule = pricingRules.for(ctx).insert(draft);
    if (effect.kind === 'voucher') vouchers.for(ctx).insert({ ruleId: rule._id, code: effect.code, uses: 0 });
    await changeRuleSet({ ruleSets, ctx }, rule, 1);
    events.emit(ctx, pricingRulesEvents.pricingRuleCreated, { ruleId: rule._id });
    return toPricingRule(rule);
  };
