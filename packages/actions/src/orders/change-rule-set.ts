import { commonErrors } from '@plinth/contract-kit';
import type { Collection, Ctx } from '@plinth/data-kit';
import { activeRulesMax, type PricingRuleDocument, type RuleSetDocument } from '@plinth/models/orders';
import { ordersErrors } from '@plinth/service-contracts/orders';

export type RuleSets = Collection<RuleSetDocument, 'find' | 'insert' | 'updateWhere'>;

type Kind = Pick<PricingRuleDocument, 'kind'>;

/**
 * Records that a rule was added to the active rules that apply by themselves, was replaced among them (0), or was taken from them. An
 * order that has read the earlier rules is then not placed. Vouchers are none of these rules.
 */
export const changeRuleSet = async (
  { ruleSets, ctx }: { readonly ruleSets: RuleSets; readonly ctx: Ctx },
  { kind }: Kind,
  added: 1 | 0 | -1,
): Promise<void> => {
  if (kind === 'voucher') return;
  const sets = ruleSets.for(ctx);
  const set = await sets.find({ scope: 'tenant' });
  if (!set) {
    sets.insert({ scope: 'tenant', activeRules: 1 });
    return;
  }
  const change = { $inc: { activeRules: added } };
  if (added === 1) {
    sets.updateWhere({ _id: set._id, activeRules: { $lt: activeRulesMax } }, change, ordersErrors.tooManyRules());
  } else sets.updateWhere({ _id: set._id }, change, commonErrors.conflict());
};
