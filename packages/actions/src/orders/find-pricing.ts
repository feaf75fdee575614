import type { Collection, Ctx } from '@plinth/data-kit';
import {
  activeRulesMax,
  type PricingRuleDocument,
  type RuleSetDocument,
  type VoucherDocument,
} from '@plinth/models/orders';
import { ordersErrors } from '@plinth/service-contracts/orders';

export type PricingDeps = {
  readonly pricingRules: Collection<PricingRuleDocument, 'get' | 'list' | 'require'>;
  readonly ruleSets: Collection<RuleSetDocument, 'find' | 'require'>;
  readonly vouchers: Collection<VoucherDocument, 'find' | 'updateWhere'>;
};

/** The rules that an order is priced by, with the documents that hold them fixed until its commit. */
export type Pricing = {
  /** In the order in which they apply. */
  readonly rules: readonly PricingRuleDocument[];
  readonly ruleSet: RuleSetDocument | undefined;
  readonly voucher: { readonly rule: PricingRuleDocument; readonly usesMax: number; readonly id: string } | undefined;
};

type Voucher = NonNullable<Pricing['voucher']>;

const findVoucher = async ({ pricingRules, vouchers }: PricingDeps, ctx: Ctx, code: string): Promise<Voucher> => {
  const voucher = await vouchers.for(ctx).find({ code });
  if (!voucher) throw ordersErrors.voucherUnavailable();
  const rule = await pricingRules.for(ctx).get(voucher.ruleId);
  if (rule.status !== 'active' || rule.effect.kind !== 'voucher') throw ordersErrors.voucherUnavailable();
  const { usesMax } = rule.effect;
  if (voucher.uses >= usesMax) throw ordersErrors.voucherUsedUp();
  return { rule, usesMax, id: voucher._id };
};

/** Reads the set before the rules: when a rule changes in between, the version of the set that was read no longer holds. */
const findAutomaticRules = async ({ pricingRules, ruleSets }: PricingDeps, ctx: Ctx) => {
  const ruleSet = await ruleSets.for(ctx).find({ scope: 'tenant' });
  if (!ruleSet) return { ruleSet, items: [] };
  const where = { kind: { $in: ['volume-discount', 'free-shipping'] }, status: 'active' } as const;
  const { items } = await pricingRules.for(ctx).list({ where, sort: 'createdAt', limit: activeRulesMax });
  return { ruleSet, items };
};

/** @throws `voucher-unavailable` or `voucher-used-up` for a voucher that cannot be used now. */
export const findPricing = async (deps: PricingDeps, ctx: Ctx, code: string | undefined): Promise<Pricing> => {
  const [{ ruleSet, items }, voucher] = await Promise.all([
    findAutomaticRules(deps, ctx),
    code === undefined ? undefined : findVoucher(deps, ctx, code),
  ]);
  const discounts = items.filter(({ kind }) => kind === 'volume-discount');
  const shippings = items.filter(({ kind }) => kind === 'free-shipping');
  return { ruleSet, voucher, rules: [...discounts, ...(voucher ? [voucher.rule] : []), ...shippings] };
};

/**
 * Records that the order is placed by these rules and uses the voucher. When a rule is changed or the voucher is used up meanwhile,
 * the commit fails, and the request is executed once more with what is stored then.
 */
export const requirePricing = (
  { pricingRules, ruleSets, vouchers }: PricingDeps,
  ctx: Ctx,
  { ruleSet, voucher }: Pricing,
): void => {
  if (voucher) {
    const { rule, usesMax, id } = voucher;
    const where = { _id: id, uses: { $lt: usesMax } };
    // First of all writes, because it is the one that fails most, and a transaction ends with its first failure.
    vouchers.for(ctx).updateWhere(where, { $inc: { uses: 1 } }, ordersErrors.voucherUsedUp());
    pricingRules.for(ctx).require(rule, ordersErrors.pricesChanged());
  }
  if (ruleSet) ruleSets.for(ctx).require(ruleSet, ordersErrors.pricesChanged());
};
