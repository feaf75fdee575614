import type { Declined, Payments } from '@plinth/contracts/orders';

type Outcome = Awaited<ReturnType<Payments['charge']>>;
type Charge = { readonly amount: number; refunded: number };

export type FakePayments = Payments & {
  /** Called before each call. It may throw, as when there is no response. */
  onCall: (key: string) => void | Promise<void>;
  /** Called when the money has moved, before the outcome is returned. It may throw, as when the response is lost. */
  onMoved: (key: string) => void | Promise<void>;
  /** The keys of all calls. */
  readonly keys: readonly string[];
  /** Returns what was charged and not refunded, in the smallest unit of any currency. */
  balance(): number;
};

const declinedMethods: Readonly<Record<string, string>> = {
  pm_card_visa_chargeDeclined: 'generic_decline',
  pm_card_visa_chargeDeclinedInsufficientFunds: 'insufficient_funds',
  pm_card_chargeDeclinedExpiredCard: 'expired_card',
};

const decline = (reason: string): Declined => ({ status: 'declined', reason });

/** Creates payments in memory, which remember keys and count the money. They pass the suite of the port. */
export const fakePayments = (): FakePayments => {
  const charges = new Map<string, Charge>();
  const outcomes = new Map<string, Outcome>();
  const keys: string[] = [];
  const once = async <O extends Outcome | { status: 'succeeded' }>(key: string, move: () => O): Promise<O> => {
    keys.push(key);
    await fake.onCall(key);
    const outcome = (outcomes.get(key) as O | undefined) ?? move();
    outcomes.set(key, outcome as Outcome);
    await fake.onMoved(key);
    return outcome;
  };
  const fake: FakePayments = {
    onCall: () => undefined,
    onMoved: () => undefined,
    keys,
    balance: () => [...charges.values()].reduce((sum, { amount, refunded }) => sum + amount - refunded, 0),
    charge: ({ amount, paymentMethod, key }) =>
      once<Outcome>(key, () => {
        const reason = declinedMethods[paymentMethod];
        if (reason !== undefined) return decline(reason);
        const chargeId = `fake_${charges.size + 1}`;
        charges.set(chargeId, { amount: amount.amount, refunded: 0 });
        return { status: 'succeeded', chargeId };
      }),
    refund: ({ chargeId, amount, key }) =>
      once<{ status: 'succeeded' } | Declined>(key, () => {
        const charge = charges.get(chargeId);
        if (!charge) return decline('resource_missing');
        if (charge.refunded + amount.amount > charge.amount) return decline('charge_already_refunded');
        charge.refunded += amount.amount;
        return { status: 'succeeded' };
      }),
  };
  return fake;
};
