import type { Change, Entity } from './entity.ts';

/** New values of fields; null removes an optional field, and undefined leaves a field as it is. */
type Values<D extends Entity> = { readonly [K in Exclude<keyof D, keyof Entity>]?: D[K] | null | undefined };

const isEqual = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** Returns the change that gives a document these values, or undefined when it has them already. */
export const toChange = <D extends Entity>(document: D, values: Values<D>): Change<D> | undefined => {
  const changed = Object.entries(values).filter(
    ([field, value]) => value !== undefined && !isEqual(value, document[field as keyof D] ?? null),
  );
  if (changed.length === 0) return undefined;
  const set = changed.filter(([, value]) => value !== null);
  const removed = changed.filter(([, value]) => value === null).map(([field]) => [field, true]);
  return {
    ...(set.length > 0 && { $set: Object.fromEntries(set) }),
    ...(removed.length > 0 && { $unset: Object.fromEntries(removed) }),
  } as Change<D>;
};
