import type { Change, Entity } from '@plinth/data-kit';
import type { Document } from 'mongodb';

/**
 * One recorded write. An update or a removal succeeds when exactly one document matches its filter at commit; otherwise the
 * commit fails with `conflictError`, or with `stale-version` without one.
 */
export type Write =
  | { readonly kind: 'insert'; readonly collection: string; readonly document: Document }
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
      readonly kind: 'remove';
      readonly collection: string;
      readonly filter: Document;
      readonly conflictError: Error | undefined;
    };

/**
 * Creates the writes that require a version of a document: they raise the version and lower it again. A transaction that has
 * only read the document, or updated it without an effect, would not conflict with one that changes it at the same time.
 */
export const toRequirement = (
  collection: string,
  { version, ...filter }: Document & { readonly version: number },
  conflictError: Error | undefined,
): Write[] =>
  [1, -1].map((step) => ({
    kind: 'update',
    collection,
    filter: { ...filter, version: { $eq: step === 1 ? version : version + 1 } },
    update: { $inc: { version: step } },
    conflictError,
    isRequirement: true,
  }));

/** Converts a change to an update of MongoDB, which also sets the next version and time. */
export const toUpdate = <D extends Entity>({ $set, $inc, $unset, $push }: Change<D>, now: Date): Document => ({
  $set: { ...$set, updatedAt: now },
  $inc: { ...$inc, version: 1 },
  ...($unset && { $unset }),
  ...($push && { $push }),
});
