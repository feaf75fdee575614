import type { Change, CollectionDefinition, Ctx, Entity } from '@plinth/kernel';

/** A document as the fake holds it: the type of its collection is known to its caller only. */
export type Stored = Entity & Readonly<Record<string, unknown>>;

/** One recorded write. An update or a removal holds when exactly one document of the tenant matches at commit. */
export type Write = { readonly definition: CollectionDefinition } & (
  | { readonly kind: 'insert'; readonly document: Stored }
  | {
      readonly kind: 'update';
      readonly isMeant: (document: Stored) => boolean;
      readonly change: Change<Stored>;
      readonly now: Date;
      readonly orElse: Error;
    }
  | { readonly kind: 'remove'; readonly isMeant: (document: Stored) => boolean; readonly orElse: Error }
);

/** The write sets of the units of work that run now. */
export type WriteSets = WeakMap<Ctx, Write[]>;

/** @throws when no unit of work runs for `ctx`: nothing would commit the write. */
export const record = (
  write: Write,
  { writeSets, ctx }: { readonly writeSets: WriteSets; readonly ctx: Ctx },
): void => {
  const writes = writeSets.get(ctx);
  if (!writes) {
    throw new TypeError(
      `A write to '${write.definition.name}' outside a unit of work. Run the action by unitOfWork.run(ctx, …), and await every write before it returns.`,
    );
  }
  writes.push(write);
};
