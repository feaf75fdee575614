import type { Change, Entity } from '@plinth/data-kit';
import type { Document } from 'mongodb';

/**
 * One recorded write. An update or a removal succeeds when exactly one document matches its filter at commit; otherwise the
 * commit fails with `conflictError`, or with `stale-version` without one.
 */
export type Write =
  | { readonly kind: 'insert'; readonly collection: string; readonly document: Document }
  /** Inserts the document, unless one of its id and tenant is stored. */
  | { readonly kind: 'insertOnce'; readonly collection: string; readonly document: Document }
  | {
      readonly kind: 'update';
      readonly collection: string;
      readonly filter: Document;
      readonly update: Document;
      readonly conflictError: Error | undefined;
      /** True for the two updates of a requirement, which leave the document as it was. */
      readonly isRequirement?: true;
    }
  | {
      /** Changes nothing. It succeeds when no document matches its filter. */
      readonly kind: 'absent';
      readonly collection: string;
      readonly filter: Document;
      readonly conflictError: Error;
    }
  | {
      readonly kind: 'remove';
      readonly collection: string;
      readonly filter: Document;
      readonly conflictError: Error | undefined;
    };

/** Returns a condition on a version that matches after the version has been raised. */
const raise = (condition: unknown): unknown => {
  if (typeof condition === 'number') return condition + 1;
  if (Array.isArray(condition)) return condition.map(raise);
  return Object.fromEntries(
    Object.entries(condition as object).map(([operator, operand]) => [operator, raise(operand)]),
  );
};

/**
 * Creates the writes that require a document: they raise its version and lower it again. A transaction that has only read the
 * document, or updated it without an effect, would not conflict with one that changes it at the same time.
 */
export const toRequirement = (
  collection: string,
  filter: Document,
  conflictError: Error | undefined,
): readonly [Write, Write] => {
  const write = { kind: 'update', collection, conflictError, isRequirement: true } as const;
  const raised = 'version' in filter ? { ...filter, version: raise(filter['version']) } : filter;
  return [
    { ...write, filter, update: { $inc: { version: 1 } } },
    { ...write, filter: raised, update: { $inc: { version: -1 } } },
  ];
};

/** Converts a change to an update of MongoDB, which also sets the next version and time. */
export const toUpdate = <D extends Entity>({ $set, $inc, ...others }: Change<D>, now: Date): Document => ({
  ...others,
  $set: { ...$set, updatedAt: now },
  $inc: { ...$inc, version: 1 },
});
