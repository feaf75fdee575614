import type { Change, Entity } from '@plinth/data-kit';
import type { Document } from 'mongodb';

/**
 * One recorded write. An update or a removal holds when exactly one document matches its filter at commit, else the
 * error is `conflictError`, or `stale-version` without one: an error is dear to make, and most writes need none.
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

/** A change as an update command: the next version and time are part of it. */
export const toUpdate = <D extends Entity>({ $set, $inc, $unset, $push }: Change<D>, now: Date): Document => ({
  $set: { ...$set, updatedAt: now },
  $inc: { ...$inc, version: 1 },
  ...($unset && { $unset }),
  ...($push && { $push }),
});
