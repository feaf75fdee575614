import { formatMoney } from './money.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A field that changed, by its path such as `shippingAddress.street`. A side without the field is undefined. */
export type ChangedField = {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
};

type Money = { readonly amount: number; readonly currency: string };

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const isMoney = (value: Fields): value is Money =>
  typeof value['amount'] === 'number' && typeof value['currency'] === 'string';

const toText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Returns each value inside of fields with its path. Amounts are one value, and items of arrays are counted from 1. */
const listValues = (value: unknown, path = ''): [string, string][] => {
  if (!isObject(value)) return [[path, toText(value)]];
  if (isMoney(value)) return [[path, formatMoney(value)]];
  const entries = Object.entries(value);
  if (entries.length === 0) return path === '' ? [] : [[path, 'none']];
  return entries.flatMap(([name, field]) => {
    const step = Array.isArray(value) ? `[${Number(name) + 1}]` : `${path === '' ? '' : '.'}${name}`;
    return listValues(field, path + step);
  });
};

/** Returns the values that differ between two states of some fields. */
export const listChangedFields = (before: Fields | undefined, after: Fields | undefined): readonly ChangedField[] => {
  const [old, now] = [new Map(listValues(before ?? {})), new Map(listValues(after ?? {}))];
  const paths = [...new Set([...old.keys(), ...now.keys()])];
  return paths
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }))
    .filter((field) => field.before !== field.after || isRedacted(field.after));
};

/** True for the class that takes the place of personal or secret data, such as `[pii]`. */
export const isRedacted = (text: string | undefined): boolean => text === '[pii]' || text === '[secret]';
