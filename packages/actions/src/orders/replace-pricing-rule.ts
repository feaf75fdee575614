import { commonErrors } from '@plinth/contract-kit';
import type { PricingRulesService } from '@plinth/contracts/orders';
import { type Collection, type Ctx, type Events, toChange } from '@plinth/data-kit';
import { type PricingRuleDocument, toPricingRule, type VoucherDocument } from '@plinth/models/orders';
import { ordersErrors, pricingRulesEvents } from '@plinth/service-contracts/orders';
import { changeRuleSet, type RuleSets } from './change-rule-set.ts';

type Vouchers = Collection<VoucherDocument, 'find' | 'updateWhere'>;

type Deps = {
  pricingRules: Collection<PricingRuleDocument, 'get' | 'update'>;
  ruleSets: RuleSets;
  vouchers: Vouchers;
  events: Events;
};

/** The uses may change at the same time, so the condition is not on the version. */
const changeCode = async (vouchers: Vouchers, ctx: Ctx, { _id: ruleId, effect }: PricingRuleDocument) => {
  const voucher = await vouchers.for(ctx).find({ ruleId });
  if (effect.kind !== 'voucher' || !voucher || voucher.code === effect.code) return;
  vouchers.for(ctx).updateWhere({ _id: voucher._id }, { $set: { code: effect.code } }, commonErrors.conflict());
};

/** A body that equals the stored rule keeps its version and emits no event. */
export const replacePricingRule =
  ({ pricingRules, ruleSets, vouchers, events }: Deps): PricingRulesService['replacePricingRule'] =>
  async ({ id, version, body: { name, currency, productIds = null, conditions = null, effect } }, ctx) => {
    const rule = await pricingRules.for(ctx).get(id, { version });
    if (effect.kind !== rule.kind) throw ordersErrors.ruleKindFixed();
    const change = toChange(rule, { name, currency, productIds, conditions, effect });
    if (!change) return toPricingRule(rule);
    const replaced = pricingRules.for(ctx).update(rule, change);
    await changeCode(vouchers, ctx, replaced);
    if (rule.status === 'active') await changeRuleSet({ ruleSets, ctx }, rule, 0);
    events.emit(ctx, pricingRulesEvents.pricingRuleReplaced, { ruleId: id });
    return toPricingRule(replaced);
  };
