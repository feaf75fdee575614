import { createHash } from 'node:crypto';
import type { Payments } from '@plinth/contracts/orders';

/** The reasons of the test payment methods of Stripe that are declined. Every other payment method succeeds. */
const declinedMethods: Readonly<Record<string, string>> = {
  pm_card_visa_chargeDeclined: 'generic_decline',
  pm_card_visa_chargeDeclinedInsufficientFunds: 'insufficient_funds',
  pm_card_chargeDeclinedExpiredCard: 'expired_card',
};

const toChargeId = (
  key: string,
  { amount, currency }: { readonly amount: number; readonly currency: string },
): string => `local_${amount}_${currency}_${createHash('sha256').update(key).digest('hex').slice(0, 24)}`;

/**
 * Creates payments for development that charge nothing. The outcome depends on the request alone, so it is the same after a restart:
 * `pm_card_visa` succeeds, `pm_card_visa_chargeDeclined` is declined.
 */
export const createLocalPayments = (): Payments => ({
  charge: async ({ amount, paymentMethod, key }) => {
    const reason = declinedMethods[paymentMethod];
    return reason === undefined
      ? { status: 'succeeded', chargeId: toChargeId(key, amount) }
      : { status: 'declined', reason };
  },
  refund: async ({ chargeId, amount }) => {
    const [, charged, currency] = /^local_(\d+)_([A-Z]{3})_[0-9a-f]{24}$/.exec(chargeId) ?? [];
    if (charged === undefined) return { status: 'declined', reason: 'resource_missing' };
    const isCovered = currency === amount.currency && amount.amount <= Number(charged);
    return isCovered ? { status: 'succeeded' } : { status: 'declined', reason: 'charge_already_refunded' };
  },
});
