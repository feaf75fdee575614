import type { OrdersService } from '@plinth/contracts/orders';
import type { ProductDocument } from '@plinth/models/orders';
import { ordersErrors } from '@plinth/service-contracts/orders';
import { applyRules } from './apply-rules.ts';
import type { Pricing } from './find-pricing.ts';
import { assertSafe, priceLines } from './price-lines.ts';

type Body = Parameters<OrdersService['placeOrder']>[0]['body'];

/**
 * Returns the lines and amounts of an order: the sum of the lines, without the discounts of rules, with the shipping fee.
 * @throws for a product that is not available, amounts that cannot be added, and a voucher that takes nothing off.
 */
export const priceOrder = async (
  { lines: items, shippingAddress, shippingFee }: Body,
  products: readonly ProductDocument[],
  { rules, voucher }: Pricing,
) => {
  const { lines, currency, subtotalAmount } = priceLines(items, products);
  if (shippingFee && shippingFee.currency !== currency) {
    throw ordersErrors.currencyMismatch({ currencies: [currency, shippingFee.currency] });
  }
  const order = { lines, currency, country: shippingAddress.country, shippingFee: shippingFee?.amount ?? 0 };
  const { appliedRules, discountedAmount, shippingAmount } = await applyRules(rules, order);
  if (voucher && !appliedRules.some(({ ruleId }) => ruleId === voucher.rule._id)) {
    throw ordersErrors.voucherNotApplicable();
  }
  return {
    lines,
    currency,
    discountAmount: subtotalAmount - discountedAmount,
    shippingAmount,
    appliedRules,
    totalAmount: assertSafe(discountedAmount + shippingAmount),
  };
};
