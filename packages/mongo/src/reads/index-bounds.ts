import { getRange, type ListPlan, type Position, type Range } from '@plinth/data-kit';
import { MaxKey, MinKey } from 'mongodb';

/** A position in an index, directly before or after a value and, among equal values, an id. */
type Edge = { readonly value: unknown; readonly id?: string; readonly side: 'before' | 'after' };

const lowest = new MinKey();
const highest = new MaxKey();

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

const toKey = ({ value, id, side }: Edge, field: string): Record<string, unknown> => {
  if (field === '_id') return { _id: side === 'after' && typeof value === 'string' ? next(value) : value };
  if (id !== undefined) return { [field]: value, _id: side === 'after' ? next(id) : id };
  return { [field]: value, _id: side === 'after' ? highest : lowest };
};

/**
 * Returns the interval of an index that holds a page: `min` is inclusive, `max` is exclusive. Nothing before the page is
 * examined, so the thousandth page costs what the first does, however many values are equal.
 */
export const toBounds = (
  plan: ListPlan,
  {
    tenantId,
    where,
    after,
  }: { tenantId: string; where: Readonly<Record<string, unknown>>; after: Position | undefined },
) => {
  const range = getRange(where, plan.field) ?? {};
  const lower = after && !plan.descending ? ({ ...after, side: 'after' } as const) : toLowerEdge(range);
  const upper = after && plan.descending ? ({ ...after, side: 'before' } as const) : toUpperEdge(range);
  const equal = { tenantId, ...Object.fromEntries(plan.equal.map((field) => [field, where[field]])) };
  return { min: { ...equal, ...toKey(lower, plan.field) }, max: { ...equal, ...toKey(upper, plan.field) } };
};

/** Returns the order of the whole index key, which the index provides without sorting. */
export const toOrder = ({ equal, field, descending }: ListPlan): Record<string, 1 | -1> => {
  const direction = descending ? -1 : 1;
  return Object.fromEntries([...new Set(['tenantId', ...equal, field, '_id'])].map((name) => [name, direction]));
};
