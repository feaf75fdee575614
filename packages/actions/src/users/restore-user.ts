import { commonErrors } from '@plinth/contract-kit';
import type { UsersService } from '@plinth/contracts/users';
import type { Collection, Events } from '@plinth/data-kit';
import { toUser, type UserDocument } from '@plinth/models/users';
import { usersErrors, usersEvents } from '@plinth/service-contracts/users';
import { adjustOwnerCount, type OwnerCounts } from './adjust-owner-count.ts';
import { assertMayChange } from './assert-may-change.ts';
import type { RoleReads } from './held-permissions.ts';

type Deps = {
  users: Collection<UserDocument, 'getRemoved' | 'restore' | 'find' | 'require'>;
  roles: RoleReads['roles'];
  ownerCounts: OwnerCounts;
  events: Events;
};

/** Undoes a deletion. The unique index rejects it at commit when another user has the email now. */
export const restoreUser =
  ({ users, roles, ownerCounts, events }: Deps): UsersService['restoreUser'] =>
  async ({ id }, ctx) => {
    const user = await users.for(ctx).getRemoved(id, usersErrors.notRemoved());
    const restored = users.for(ctx).restore(user, commonErrors.conflict());
    await assertMayChange({ users, roles }, ctx, { after: restored });
    await adjustOwnerCount(ownerCounts, ctx, { after: restored });
    events.emit(ctx, usersEvents.userRestored, { userId: id });
    return toUser(restored);
  };
