import { type ListPlan, type Position, type Range, rangeOf } from '@plinth/kernel';
import { MaxKey, MinKey } from 'mongodb';

type Key = readonly [value: unknown, id: unknown];

const lowest = new MinKey();
const highest = new MaxKey();

const lowerOf = ({ $gt, $gte }: Range): Key => {
  if ($gt !== undefined && ($gte === undefined || $gt >= $gte)) return [$gt, highest];
  return $gte === undefined ? [lowest, lowest] : [$gte, lowest];
};

const upperOf = ({ $lt, $lte }: Range): Key => {
  if ($lt !== undefined && ($lte === undefined || $lt <= $lte)) return [$lt, lowest];
  return $lte === undefined ? [highest, highest] : [$lte, highest];
};

/**
 * The part of an index that holds a page: `min` belongs to it, `max` does not. The page is read from there and
 * nothing before it is looked at, so the thousandth page costs what the first does, however many values are equal.
 */
export const boundsOf = (
  plan: ListPlan,
  { tenantId, where, after }: { tenantId: string; where: Readonly<Record<string, unknown>>; after: Position | undefined },
) => {
  const range = rangeOf(where, plan.field) ?? {};
  let lower = lowerOf(range);
  let upper = upperOf(range);
  if (after && plan.descending) upper = [after.value, after.id];
  // `min` is inclusive; the string that follows an id directly is the id with a NUL behind it.
  if (after && !plan.descending) lower = [after.value, `${after.id}\0`];
  const equal = { tenantId, ...Object.fromEntries(plan.equal.map((field) => [field, where[field]])) };
  const keyOf = ([value, id]: Key) => (plan.field === '_id' ? { ...equal, _id: id } : { ...equal, [plan.field]: value, _id: id });
  return { min: keyOf(lower), max: keyOf(upper) };
};

/** The order of the whole index key, so that the index itself provides it. */
export const orderOf = ({ equal, field, descending }: ListPlan): Record<string, 1 | -1> => {
  const direction = descending ? -1 : 1;
  return Object.fromEntries([...new Set(['tenantId', ...equal, field, '_id'])].map((name) => [name, direction]));
};
