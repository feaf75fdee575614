/** ISO 4217 gives them no smaller unit, and Stripe counts them in hundredths. */
const inHundredths: readonly string[] = ['ISK', 'UGX'];

/** Converts an amount in the smallest unit of ISO 4217 to that of Stripe. */
export const toProviderAmount = ({ amount, currency }: { readonly amount: number; readonly currency: string }) => ({
  amount: inHundredths.includes(currency) ? amount * 100 : amount,
  currency: currency.toLowerCase(),
});
