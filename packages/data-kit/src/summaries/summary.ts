import type { ApiError } from '@plinth/contract-kit';
import type { UntypedDefinition } from '../collections/define-collection.ts';
import type { Entity, ScalarKey, Where } from '../collections/entity.ts';
import { refuse } from '../lists/where.ts';

type KeyOf<D, V> = { [K in keyof D & string]-?: NonNullable<D[K]> extends V ? K : never }[keyof D & string];

/** The documents of a summary and how they are grouped. Without `by` and `byDay` they are one group. */
export type SummaryQuery<D extends Entity> = {
  readonly where: Where<D>;
  /** Groups by the values of this field. */
  readonly by?: ScalarKey<D>;
  /** Groups by the days of this field, in UTC. */
  readonly byDay?: KeyOf<D, Date>;
  /** The fields to add up. A document without the field adds nothing. */
  readonly sum?: readonly KeyOf<D, number>[];
  /** The maximum number of groups that the caller can handle: 1 to 1,000. */
  readonly groupsMax: number;
};

type ByOf<D, Q> = Q extends { readonly by: infer K extends keyof D }
  ? { readonly by: undefined extends D[K] ? NonNullable<D[K]> | null : D[K] }
  : unknown;
type DayOf<D, Q> = Q extends { readonly byDay: infer K extends keyof D }
  ? { readonly day: undefined extends D[K] ? string | null : string }
  : unknown;
type SumOf<Q> = Q extends { readonly sum: readonly (infer K extends string)[] }
  ? { readonly sum: { readonly [F in K]: number } }
  : unknown;

/** A group: the value of `by` and the day as `2026-01-31`, each null where documents lack the field; count and sums. */
export type Summary<D extends Entity, Q> = { readonly count: number } & ByOf<D, Q> & DayOf<D, Q> & SumOf<Q>;

/** A group as an adapter returns it, with the sums in the order of the query. */
export type SummaryRow = {
  readonly by?: unknown;
  readonly day?: Date | null | undefined;
  readonly count: number;
  readonly sums: readonly unknown[];
};

/** A summary reads at most this many documents. */
export const summarisedDocumentsMax = 100_000;
const groupsLimit = 1000;

type UntypedQuery = {
  readonly by?: string;
  readonly byDay?: string;
  readonly sum?: readonly string[];
  readonly groupsMax: number;
};

/** @throws for a name that is not a field of the document, such as an expression, and for 0 groups or more than 1,000. */
export const assertSummary = (
  definition: UntypedDefinition,
  { by, byDay, sum = [], groupsMax }: UntypedQuery,
): void => {
  for (const field of [...(by === undefined ? [] : [by]), ...(byDay === undefined ? [] : [byDay]), ...sum]) {
    if (typeof field !== 'string' || !Object.hasOwn(definition.shape, field)) {
      refuse(definition, `'${field}' is not a field of the document.`);
    }
  }
  if (!Number.isInteger(groupsMax) || groupsMax < 1 || groupsMax > groupsLimit) {
    throw new RangeError('A summary has 1 to 1,000 groups.');
  }
};

const toDay = (day: Date | null | undefined): string | null => day?.toISOString().split('T')[0] ?? null;

/** Sorts null first. */
const compare = (left: unknown, right: unknown): number => {
  if (left === right) return 0;
  if (left === null) return -1;
  return right === null || (left as string) > (right as string) ? 1 : -1;
};

/**
 * Returns the groups, sorted by day and value.
 * @throws `tooLarge` for too many groups or documents, and for a sum that a number does not represent exactly.
 */
export const toSummaries = (
  rows: readonly SummaryRow[],
  { by, byDay, sum, groupsMax }: UntypedQuery,
  tooLarge: ApiError,
): object[] => {
  const documents = rows.reduce((total, { count }) => total + count, 0);
  // A sum beyond 64 bits is a double, and one below it may be a Long of the driver.
  const isExact = rows.every(({ sums }) => sums.every((value) => Math.abs(Number(value)) <= Number.MAX_SAFE_INTEGER));
  if (rows.length > groupsMax || documents > summarisedDocumentsMax || !isExact) throw tooLarge;
  return rows
    .map((row) => ({
      ...(by !== undefined && { by: row.by ?? null }),
      ...(byDay !== undefined && { day: toDay(row.day) }),
      count: row.count,
      ...(sum && { sum: Object.fromEntries(sum.map((field, index) => [field, Number(row.sums[index])])) }),
    }))
    .sort((left, right) => compare(left.day ?? null, right.day ?? null) || compare(left.by ?? null, right.by ?? null));
};
