import { commonErrors } from '@plinth/contract-kit';
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

export const reactivateUser =
  ({ users, roles, ownerCounts, events }: Deps): UsersService['reactivateUser'] =>
  async ({ id }, ctx) => {
    const user = await users.for(ctx).get(id);
    if (user.status === 'active') throw usersErrors.notSuspended();
    const active = users.for(ctx).update(user, { $set: { status: 'active' } }, commonErrors.conflict());
    await assertMayChange({ users, roles }, ctx, { after: active });
    await adjustOwnerCount(ownerCounts, ctx, { before: user, after: active });
    events.emit(ctx, usersEvents.userReactivated, { userId: id });
    return toUser(active);
  };
