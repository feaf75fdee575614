import { commonErrors } from '@plinth/contract-kit';
import { type Fields, isFields } from './resource.ts';
import type { Resource } from './store.ts';

/** A list query after validation, as an action receives it. */
type ListQuery = {
  readonly where: Fields;
  readonly sort: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly fields?: readonly string[] | undefined;
};

const toComparable = (value: unknown): number | string => {
  if (value instanceof Date) return value.getTime();
  if (isFields(value)) return Number(value['amount']);
  const timeMs = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(timeMs)) return timeMs;
  return typeof value === 'number' ? value : String(value).toLowerCase();
};

const compare = (left: unknown, right: unknown): number => {
  const [a, b] = [toComparable(left), toComparable(right)];
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

const operators: Readonly<Record<string, (difference: number) => boolean>> = {
  $gt: (difference) => difference > 0,
  $gte: (difference) => difference >= 0,
  $lt: (difference) => difference < 0,
  $lte: (difference) => difference <= 0,
};

const matches = (resource: Resource, [name, condition]: [string, unknown]): boolean => {
  const value = resource[name];
  // A filter of another name, such as `customerId`, has no field.
  if (value === undefined) return true;
  if (!isFields(condition) || condition instanceof Date) return compare(value, condition) === 0;
  return Object.entries(condition).every(([operator, bound]) =>
    operator === '$in'
      ? (bound as readonly unknown[]).some((each) => compare(value, each) === 0)
      : (operators[operator]?.(compare(value, bound)) ?? true),
  );
};

/** Returns the query without its page, to which a cursor belongs. */
const toFingerprint = ({ where, sort }: ListQuery): string => JSON.stringify([where, sort]);

const toCursor = (position: number, query: ListQuery): string =>
  btoa(encodeURIComponent(JSON.stringify([position, toFingerprint(query)])));

const readCursor = (query: ListQuery): number => {
  if (query.cursor === undefined) return 0;
  try {
    const [position, fingerprint] = JSON.parse(decodeURIComponent(atob(query.cursor))) as [number, string];
    if (fingerprint === toFingerprint(query)) return position;
  } catch {
    // Any text may be sent as a cursor.
  }
  throw commonErrors.invalidCursor();
};

const pick = (resource: Fields, fields: readonly string[]): Fields =>
  Object.fromEntries(fields.filter((field) => resource[field] !== undefined).map((field) => [field, resource[field]]));

/** Returns a page of resources, filtered and sorted by a validated query. @throws `invalid-cursor`. */
export const toPage = (all: readonly Resource[], validated: unknown, names: readonly string[]): Fields => {
  const query = validated as ListQuery;
  const isDescending = query.sort.startsWith('-');
  const field = query.sort.replace(/^-/, '');
  const found = all
    .filter((resource) => Object.entries(query.where).every((condition) => matches(resource, condition)))
    .toSorted((left, right) => {
      const difference = compare(left[field], right[field]) || compare(left.id, right.id);
      return isDescending ? -difference : difference;
    });
  const start = readCursor(query);
  const end = start + query.limit;
  return {
    items: found.slice(start, end).map((resource) => pick(resource, query.fields ?? names)),
    nextCursor: end < found.length ? toCursor(end, query) : null,
  };
};
