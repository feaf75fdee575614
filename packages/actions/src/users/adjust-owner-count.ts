import type { Collection, Ctx } from '@plinth/data-kit';
import type { OwnerCountDocument, UserDocument } from '@plinth/models/users';
import { usersErrors } from '@plinth/service-contracts/users';

export type OwnerCounts = Collection<OwnerCountDocument, 'find' | 'insert' | 'updateWhere'>;

/** A user before and after a change. A new user has no `before`, a deleted user no `after`. */
type UserChange = { readonly before?: UserDocument; readonly after?: UserDocument };

const isActiveOwner = (user: UserDocument | undefined): boolean => user?.role === 'owner' && user.status === 'active';

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
  const counts = ownerCounts.for(ctx);
  const scope = 'tenant';
  if (wasOwner) counts.updateWhere({ scope, owners: { $gte: 2 } }, { $inc: { owners: -1 } }, usersErrors.lastOwner());
  else if (!(await counts.find({ scope }))) counts.insert({ scope, owners: 1 });
  else counts.updateWhere({ scope }, { $inc: { owners: 1 } }, usersErrors.ownersChanged());
};
