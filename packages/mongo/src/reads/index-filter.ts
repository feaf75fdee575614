import { isDeepStrictEqual } from 'node:util';
import { type Filter, getIn, type ListPlan, type Position } from '@plinth/data-kit';
import { type Edge, highest, lowest, type PageScope, toEdges } from './index-bounds.ts';

const above = ({ value, side }: Pick<Edge, 'value' | 'side'>): Filter =>
  value === lowest ? {} : { [side === 'before' ? '$gte' : '$gt']: value };

const below = ({ value, side }: Pick<Edge, 'value' | 'side'>): Filter =>
  value === highest ? {} : { [side === 'before' ? '$lt' : '$lte']: value };

const toCondition = (field: string, bounds: Filter): Filter =>
  Object.keys(bounds).length === 0 ? {} : { [field]: bounds };

/** Returns the filters of the documents that share the value of an edge, and of those strictly inside of it. */
const splitEdge = (edge: Edge, side: 'before' | 'after') => ({
  inside: edge.id === undefined ? edge : { value: edge.value, side },
  sharing: edge.id === undefined ? undefined : { value: edge.id, side: edge.side },
});

/** Returns filters that are one interval of the index each. Together they are the interval between two edges. */
const toIntervals = (field: string, { lower, upper }: { readonly lower: Edge; readonly upper: Edge }): Filter[] => {
  if (field === '_id') return [toCondition('_id', { ...above(lower), ...below(upper) })];
  const low = splitEdge(lower, 'after');
  const high = splitEdge(upper, 'before');
  if (low.sharing && high.sharing && isDeepStrictEqual(lower.value, upper.value)) {
    return [{ [field]: lower.value, _id: { ...above(low.sharing), ...below(high.sharing) } }];
  }
  return [
    ...(low.sharing ? [{ [field]: lower.value, _id: above(low.sharing) }] : []),
    toCondition(field, { ...above(low.inside), ...below(high.inside) }),
    ...(high.sharing ? [{ [field]: upper.value, _id: below(high.sharing) }] : []),
  ];
};

type BranchScope = PageScope & {
  /** The last document that may be part of the page. */
  readonly end?: Position | undefined;
  /** A condition on a field that the index has after the sorted one. */
  readonly skipped?: Filter;
};

const toPageEdges = (plan: ListPlan, { end, ...scope }: BranchScope) => {
  const edges = toEdges(plan, scope);
  if (end === undefined) return edges;
  return plan.descending
    ? { ...edges, lower: { ...end, side: 'before' } as const }
    : { ...edges, upper: { ...end, side: 'after' } as const };
};

/**
 * Returns the filter of a part of a list. Each branch of its `$or` is complete and has one value for each field before the
 * sorted one. MongoDB has one plan for that: it merges scans in the order of the index. With `$in`, or with conditions beside
 * the `$or`, it sorts in memory or examines the pages before.
 */
export const toBranches = (plan: ListPlan, scope: BranchScope): Filter => {
  const { tenantId, where, skipped } = scope;
  const { inField } = plan;
  const equal = plan.prefix.filter((field) => field !== inField).map((field) => [field, where[field]]);
  const common = { tenantId, ...Object.fromEntries(equal), ...skipped };
  const choices = inField === undefined ? [{}] : (getIn(where, inField) ?? []).map((value) => ({ [inField]: value }));
  const intervals = toIntervals(plan.field, toPageEdges(plan, scope));
  return {
    $or: choices.flatMap((choice) => intervals.map((interval) => ({ ...common, ...choice, ...interval }))),
  };
};
