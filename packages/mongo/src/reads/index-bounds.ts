import { type Filter, getRange, type ListPlan, type Position, type Range } from '@plinth/data-kit';
import { MaxKey, MinKey } from 'mongodb';

/** A position in an index, directly before or after a value and, among equal values, an id. */
export type Edge = { readonly value: unknown; readonly id?: string; readonly side: 'before' | 'after' };

/** The part of a list that follows a position, in one tenant. */
export type PageScope = {
  readonly tenantId: string;
  readonly where: Filter;
  readonly after: Position | undefined;
};

export const lowest = new MinKey();
export const highest = new MaxKey();

const toLowerEdge = ({ $gt, $gte }: Range): Edge => {
  if ($gt !== undefined && ($gte === undefined || $gt >= $gte)) return { value: $gt, side: 'after' };
  return { value: $gte ?? lowest, side: 'before' };
};

const toUpperEdge = ({ $lt, $lte }: Range): Edge => {
  if ($lt !== undefined && ($lte === undefined || $lt <= $lte)) return { value: $lt, side: 'before' };
  return { value: $lte ?? highest, side: 'after' };
};

/** Returns the string that follows an id directly, so that an inclusive bound excludes the id. */
const next = (id: string): string => `${id}\0`;

/** Returns the edges of the interval that holds the rest of a list after a position. */
export const toEdges = ({ field, descending }: ListPlan, { where, after }: PageScope) => {
  const range = getRange(where, field) ?? {};
  return {
    lower: after && !descending ? ({ ...after, side: 'after' } as const) : toLowerEdge(range),
    upper: after && descending ? ({ ...after, side: 'before' } as const) : toUpperEdge(range),
  };
};

const toKey = ({ value, id, side }: Edge, { field, trailing }: ListPlan): Record<string, unknown> => {
  const rest = Object.fromEntries(trailing.map((name) => [name, lowest]));
  if (field === '_id') return { _id: side === 'after' && typeof value === 'string' ? next(value) : value, ...rest };
  if (id !== undefined) return { [field]: value, _id: side === 'after' ? next(id) : id, ...rest };
  return { [field]: value, _id: side === 'after' ? highest : lowest, ...rest };
};

/**
 * Returns the interval of an index that holds a page: `min` is inclusive, `max` is exclusive. Nothing before the page is
 * examined, so the thousandth page costs what the first does, however many values are equal.
 */
export const toBounds = (plan: ListPlan, scope: PageScope) => {
  const { lower, upper } = toEdges(plan, scope);
  const equal = {
    tenantId: scope.tenantId,
    ...Object.fromEntries(plan.prefix.map((name) => [name, scope.where[name]])),
  };
  return { min: { ...equal, ...toKey(lower, plan) }, max: { ...equal, ...toKey(upper, plan) } };
};

/** Returns the order of the whole index key, which the index provides without sorting. */
export const toOrder = ({ prefix, field, descending }: ListPlan): Record<string, 1 | -1> => {
  const direction = descending ? -1 : 1;
  return Object.fromEntries([...new Set(['tenantId', ...prefix, field, '_id'])].map((name) => [name, direction]));
};
