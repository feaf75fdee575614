import type { Payments } from '@plinth/contracts/orders';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const visa = { amount: eur(3750), paymentMethod: 'pm_card_visa' };

/** The rules of the payment port, for every adapter. */
export const paymentsSuite = (open: () => Payments): void => {
  const charge = async (payments: Payments, request = visa): Promise<string> => {
    const outcome = await payments.charge({ ...request, key: createId() });
    return outcome.status === 'succeeded' ? outcome.chargeId : expect.fail(outcome.reason);
  };

  it('charges once for a key, and again for another one', async () => {
    const payments = open();
    const keys = ['a', 'a', 'b'].map((key) => `${key}/${createId().slice(0, 8)}`);
    keys[1] = String(keys[0]);
    const [first, second, third] = await Promise.all(keys.map((key) => payments.charge({ ...visa, key })));
    expect(first).toEqual({ status: 'succeeded', chargeId: expect.stringMatching(/^\w+$/) });
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
  });

  it.each([
    ['pm_card_visa_chargeDeclined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
  ])('declines %s, again for the same key', async (paymentMethod, reason) => {
    const payments = open();
    const request = { ...visa, paymentMethod, key: createId() };
    for (const _ of [1, 2]) expect(await payments.charge(request)).toEqual({ status: 'declined', reason });
  });

  it('refunds a part, and the whole', async () => {
    const payments = open();
    const chargeId = await charge(payments);
    const refund = (amount: number) => payments.refund({ chargeId, amount: eur(amount), key: createId() });
    expect(await refund(750)).toEqual({ status: 'succeeded' });
    expect(await refund(3000)).toEqual({ status: 'succeeded' });
  });

  it('refunds once for a key', async () => {
    const payments = open();
    const request = { chargeId: await charge(payments), amount: eur(3750), key: createId() };
    for (const _ of [1, 2]) expect(await payments.refund(request)).toEqual({ status: 'succeeded' });
  });

  it('declines a refund of more than the charge, and of an unknown charge', async () => {
    const payments = open();
    const chargeId = await charge(payments);
    const refund = (id: string, amount: number) =>
      payments.refund({ chargeId: id, amount: eur(amount), key: createId() });
    expect(await refund(chargeId, 3751)).toMatchObject({ status: 'declined', reason: 'charge_already_refunded' });
    expect(await refund('pi_unknown', 1)).toMatchObject({ status: 'declined', reason: 'resource_missing' });
  });
};
