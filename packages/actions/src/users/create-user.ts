import type { UsersService } from '@plinth/contracts/users';
import type { Collection, Events } from '@plinth/data-kit';
import { toUser, type UserDocument } from '@plinth/models/users';
import { usersEvents } from '@plinth/service-contracts/users';
import { adjustOwnerCount, type OwnerCounts } from './adjust-owner-count.ts';
import { assertMayChange } from './assert-may-change.ts';
import type { RoleReads } from './held-permissions.ts';

type Deps = {
  users: Collection<UserDocument, 'insert' | 'find' | 'require'>;
  roles: RoleReads['roles'];
  ownerCounts: OwnerCounts;
  events: Events;
};

/** Creates a user. The unique index rejects a taken email at commit. */
export const createUser =
  ({ users, roles, ownerCounts, events }: Deps): UsersService['createUser'] =>
  async ({ body: { name, email, role, roleId } }, ctx) => {
    const user = users.for(ctx).insert({ name, email, role, roleId, status: 'active' });
    await assertMayChange({ users, roles }, ctx, { after: user });
    await adjustOwnerCount(ownerCounts, ctx, { after: user });
    events.emit(ctx, usersEvents.userCreated, { userId: user._id, role, roleId });
    return toUser(user);
  };
