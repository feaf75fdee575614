import type { Collection, Ctx } from '@plinth/data-kit';
import { usersErrors } from '@plinth/errors/users';
import type { OwnerCountDocument, UserDocument } from '@plinth/models/users';

/** What an operation needs that may add an active owner or take one away. */
export type OwnerCounts = Collection<OwnerCountDocument, 'find' | 'insert' | 'updateWhere'>;

type Step = {
  /** The person as read; nobody when the person is new. */
  readonly before?: UserDocument;
  /** The person as they will be stored. */
  readonly after: UserDocument;
};

const isActiveOwner = ({ role, status, deleted }: UserDocument): boolean =>
  role === 'owner' && status === 'active' && !deleted;

const addOwner = async (ownerCounts: OwnerCounts, ctx: Ctx): Promise<void> => {
  const counts = ownerCounts.for(ctx);
  const scope = 'tenant';
  if (!(await counts.find({ scope }))) return void counts.insert({ scope, owners: 1 });
  counts.updateWhere({ scope, owners: { $gte: 0 } }, { $inc: { owners: 1 } }, usersErrors.ownersChanged());
};

/**
 * Keeps the count of active owners true to one recorded change of a person. Of owners who demote, suspend or remove each
 * other at once, the count at commit lets all but one through: the last gets `last-owner`. When two requests add the
 * first owner of an organization, one of them gets `owners-changed`.
 */
export const countOwners = async (ownerCounts: OwnerCounts, ctx: Ctx, { before, after }: Step): Promise<void> => {
  const was = before !== undefined && isActiveOwner(before);
  if (was === isActiveOwner(after)) return;
  if (!was) return addOwner(ownerCounts, ctx);
  ownerCounts
    .for(ctx)
    .updateWhere({ scope: 'tenant', owners: { $gte: 2 } }, { $inc: { owners: -1 } }, usersErrors.lastOwner());
};
