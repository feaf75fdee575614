import type { Change, Ctx, Entity } from '@plinth/kernel';
import type { Document } from 'mongodb';

/** One recorded write. An update or a removal holds when exactly one document matches its filter at commit. */
export type Write =
  | { readonly kind: 'insert'; readonly collection: string; readonly document: Document }
  | {
      readonly kind: 'update';
      readonly collection: string;
      readonly filter: Document;
      readonly update: Document;
      readonly orElse: Error;
    }
  | { readonly kind: 'remove'; readonly collection: string; readonly filter: Document; readonly orElse: Error };

/** The write sets of the units of work that run now. Nobody but the collections and the unit of work sees them. */
export type WriteSets = WeakMap<Ctx, Write[]>;

/** @throws when no unit of work runs for `ctx`: nothing would commit the write. */
export const record = (writeSets: WriteSets, ctx: Ctx, write: Write): void => {
  const writes = writeSets.get(ctx);
  if (!writes) {
    throw new TypeError(
      `A write to '${write.collection}' outside a unit of work. Run the action by unitOfWork.run(ctx, …), and await every write before it returns.`,
    );
  }
  writes.push(write);
};

/** A change as an update command: the next version and time are part of it. */
export const toUpdate = <D extends Entity>({ $set, $inc, $unset, $push }: Change<D>, now: Date): Document => ({
  $set: { ...$set, updatedAt: now },
  $inc: { ...$inc, version: 1 },
  ...($unset && { $unset }),
  ...($push && { $push }),
});
