import type { AppliedRule, Discount } from '@plinth/dtos/orders';
import type { OrderDocument, PricingRuleDocument } from '@plinth/models/orders';
import { Engine, type TopLevelCondition } from 'json-rules-engine';

/** The values that the conditions and amounts of rules depend on. They are read before, so an evaluation does no I/O. */
export type PricedOrder = {
  readonly lines: OrderDocument['lines'];
  readonly currency: string;
  readonly country: string;
  readonly shippingFee: number;
};

type Matched = { readonly rule: PricingRuleDocument; readonly subtotal: number };

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

const always: TopLevelCondition = { all: [] };

/** Returns the price of the lines that a rule counts when the rule applies, otherwise nothing. */
const match = async (rule: PricingRuleDocument, order: PricedOrder): Promise<Matched | undefined> => {
  const { conditions = always, productIds, currency } = rule;
  const lines = order.lines.filter(({ productId }) => productIds?.includes(productId) ?? true);
  if (lines.length === 0 || currency !== order.currency) return undefined;
  const subtotal = sum(lines.map(({ total }) => total.amount));
  const quantity = sum(lines.map((line) => line.quantity));
  const engine = new Engine([{ conditions: conditions as TopLevelCondition, event: { type: 'applies' } }]);
  const { events } = await engine.run({ subtotal, quantity, country: order.country });
  return events.length > 0 ? { rule, subtotal } : undefined;
};

/** A share is computed in big integers, because the product may exceed 2^53 - 1, and rounded down. */
const toAmount = (discount: Discount, subtotal: number): number =>
  'amount' in discount ? discount.amount : Number((BigInt(subtotal) * BigInt(discount.basisPoints)) / 10_000n);

/**
 * Applies rules in their order. No discount exceeds what those before it left of the subtotal, and free shipping takes off the
 * fee once. A rule that takes nothing off is not listed.
 */
export const applyRules = async (rules: readonly PricingRuleDocument[], order: PricedOrder) => {
  const matched = await Promise.all(rules.map((rule) => match(rule, order)));
  const left = { goods: sum(order.lines.map(({ total }) => total.amount)), shipping: order.shippingFee };
  const appliedRules: AppliedRule[] = [];
  for (const { rule, subtotal } of matched.filter((found) => found !== undefined)) {
    const { _id: ruleId, name, kind, effect } = rule;
    const isShipping = effect.kind === 'free-shipping';
    const part = isShipping ? 'shipping' : 'goods';
    const amount = Math.min(left[part], isShipping ? left.shipping : toAmount(effect.discount, subtotal));
    if (amount === 0) continue;
    left[part] -= amount;
    appliedRules.push({ ruleId, name, kind, amount: { amount, currency: order.currency } });
  }
  return { appliedRules, discountedAmount: left.goods, shippingAmount: left.shipping };
};
