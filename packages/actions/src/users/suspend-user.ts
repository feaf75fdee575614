import { commonErrors, tokensRevoked } from '@plinth/contract-kit';
import type { UsersService } from '@plinth/contracts/users';
import type { Collection, Events } from '@plinth/data-kit';
import { toUser, type UserDocument } from '@plinth/models/users';
import { usersErrors, usersEvents } from '@plinth/service-contracts/users';
import { adjustOwnerCount, type OwnerCounts } from './adjust-owner-count.ts';
import { assertMayChange } from './assert-may-change.ts';
import type { RoleReads } from './held-permissions.ts';

type Deps = {
  users: Collection<UserDocument, 'get' | 'update' | 'find' | 'require'>;
  roles: RoleReads['roles'];
  ownerCounts: OwnerCounts;
  events: Events;
};

export const suspendUser =
  ({ users, roles, ownerCounts, events }: Deps): UsersService['suspendUser'] =>
  async ({ id }, ctx) => {
    const user = await users.for(ctx).get(id);
    if (user.status === 'suspended') throw usersErrors.alreadySuspended();
    const suspended = users.for(ctx).update(user, { $set: { status: 'suspended' } }, commonErrors.conflict());
    await assertMayChange({ users, roles }, ctx, { before: user });
    await adjustOwnerCount(ownerCounts, ctx, { before: user, after: suspended });
    events.emit(ctx, usersEvents.userSuspended, { userId: id });
    events.emit(ctx, tokensRevoked, { subject: id, rolesOnly: false });
    return toUser(suspended);
  };
