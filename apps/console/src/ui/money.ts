import type { Money } from '@plinth/contract-kit';

const toFormat = (currency: string) => new Intl.NumberFormat('en', { style: 'currency', currency });

/** Returns how many decimals the amounts of a currency have: 2 of EUR, 0 of JPY. */
const toDigits = (currency: string): number => toFormat(currency).resolvedOptions().maximumFractionDigits ?? 2;

/** `{ amount: 1250, currency: 'EUR' }` → `12.50`, without rounding. */
export const toDecimal = ({ amount, currency }: Money): string => {
  const digits = toDigits(currency);
  const text = String(amount).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
};

/** `12.5` → 1250, in the smallest unit of the currency. Undefined for any other text. */
export const parseDecimal = (text: string, currency: string): number | undefined => {
  const digits = toDigits(currency);
  const [, whole, fraction = ''] = /^(\d+)(?:[.,](\d*))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || fraction.length > digits) return undefined;
  const amount = Number(whole + fraction.padEnd(digits, '0'));
  return Number.isSafeInteger(amount) ? amount : undefined;
};

/** `{ amount: 1250, currency: 'EUR' }` → `€12.50`. */
export const formatMoney = (money: Money): string => toFormat(money.currency).format(toDecimal(money) as `${number}`);

export const isMoney = (value: unknown): value is Money =>
  typeof value === 'object' && value !== null && 'amount' in value && 'currency' in value;

/** Returns the sum of amounts of one currency. */
export const addMoney = (amounts: readonly Money[], currency: string): Money => ({
  amount: amounts.reduce((sum, { amount }) => sum + amount, 0),
  currency,
});
