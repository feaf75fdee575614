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
    }
  | {
      readonly kind: 'remove';
      readonly collection: string;
      readonly filter: Document;
      readonly conflictError?: undefined;
    };

/** Converts a change to an update of MongoDB, which also sets the next version and time. */
export const toUpdate = <D extends Entity>({ $set, $inc, $unset, $push }: Change<D>, now: Date): Document => ({
  $set: { ...$set, updatedAt: now },
  $inc: { ...$inc, version: 1 },
  ...($unset && { $unset }),
  ...($push && { $push }),
});
