import type { Collection, Ctx } from '@plinth/data-kit';
import type { OwnerCountDocument, UserDocument } from '@plinth/models/users';
import { usersErrors } from '@plinth/service-contracts/users';

/** The operations on the owner count, for actions that add or remove an active owner. */
export type OwnerCounts = Collection<OwnerCountDocument, 'find' | 'insert' | 'updateWhere'>;

/** A user before and after a change. A new user has no `before`, a deleted user no `after`. */
type UserChange = { readonly before?: UserDocument; readonly after?: UserDocument };

const isActiveOwner = (user: UserDocument | undefined): boolean => user?.role === 'owner' && user.status === 'active';

const addOwner = async (ownerCounts: OwnerCounts, ctx: Ctx): Promise<void> => {
  const counts = ownerCounts.for(ctx);
  const scope = 'tenant';
  if (!(await counts.find({ scope }))) return void counts.insert({ scope, owners: 1 });
  counts.updateWhere({ scope, owners: { $gte: 0 } }, { $inc: { owners: 1 } }, usersErrors.ownersChanged());
};

/**
 * Records the change of the owner count that a change of a user causes. When owners demote, suspend or delete each other
 * concurrently, the condition on the count fails the request that would remove the last owner, with `last-owner`. When two
 * requests add the first owner of an organization, one of them fails with `owners-changed`.
 */
export const adjustOwnerCount = async (
  ownerCounts: OwnerCounts,
  ctx: Ctx,
  { before, after }: UserChange,
): Promise<void> => {
  const wasOwner = isActiveOwner(before);
  if (wasOwner === isActiveOwner(after)) return;
  if (!wasOwner) return addOwner(ownerCounts, ctx);
  const where = { scope: 'tenant', owners: { $gte: 2 } } as const;
  ownerCounts.for(ctx).updateWhere(where, { $inc: { owners: -1 } }, usersErrors.lastOwner());
};
