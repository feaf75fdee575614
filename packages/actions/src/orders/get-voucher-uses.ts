import { commonErrors } from '@plinth/contract-kit';
import type { PricingRulesService } from '@plinth/contracts/orders';
import type { Collection } from '@plinth/data-kit';
import type { PricingRuleDocument, VoucherDocument } from '@plinth/models/orders';

type Deps = {
  pricingRules: Collection<PricingRuleDocument, 'get'>;
  vouchers: Collection<VoucherDocument, 'find'>;
};

export const getVoucherUses =
  ({ pricingRules, vouchers }: Deps): PricingRulesService['getVoucherUses'] =>
  async ({ id }, ctx) => {
    const { effect } = await pricingRules.for(ctx).get(id);
    const voucher = await vouchers.for(ctx).find({ ruleId: id });
    if (effect.kind !== 'voucher' || !voucher) throw commonErrors.notFound();
    return { code: effect.code, uses: voucher.uses, usesMax: effect.usesMax };
  };
