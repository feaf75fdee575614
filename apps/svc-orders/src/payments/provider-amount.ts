/** ISO 4217 gives them no smaller unit, and Stripe counts them in hundredths. */
const inHundredths: readonly string[] = ['ISK', 'UGX'];

/** ISO 4217 gives them hundredths, and Stripe counts them whole. It declines an amount with a fraction. */
const inWholes: readonly string[] = ['MGA'];

const toFactor = (currency: string): number => (inHundredths.includes(currency) ? 100 : 1);
const toDivisor = (currency: string): number => (inWholes.includes(currency) ? 100 : 1);

/** Converts an amount in the smallest unit of ISO 4217 to that of Stripe. */
export const toProviderAmount = ({ amount, currency }: { readonly amount: number; readonly currency: string }) => ({
  amount: (amount * toFactor(currency)) / toDivisor(currency),
  currency: currency.toLowerCase(),
});
