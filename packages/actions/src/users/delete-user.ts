import { tokensRevoked } from '@plinth/contract-kit';
import type { UsersService } from '@plinth/contracts/users';
import type { Collection, Events } from '@plinth/data-kit';
import type { UserDocument } from '@plinth/models/users';
import { usersEvents } from '@plinth/service-contracts/users';
import { adjustOwnerCount, type OwnerCounts } from './adjust-owner-count.ts';
import { assertMayChange } from './assert-may-change.ts';
import type { RoleReads } from './held-permissions.ts';

type Deps = {
  users: Collection<UserDocument, 'get' | 'remove' | 'find' | 'require'>;
  roles: RoleReads['roles'];
  ownerCounts: OwnerCounts;
  events: Events;
};

export const deleteUser =
  ({ users, roles, ownerCounts, events }: Deps): UsersService['deleteUser'] =>
  async ({ id, version }, ctx) => {
    const user = await users.for(ctx).get(id, { version });
    users.for(ctx).remove(user);
    await assertMayChange({ users, roles }, ctx, { before: user });
    await adjustOwnerCount(ownerCounts, ctx, { before: user });
    events.emit(ctx, usersEvents.userDeleted, { userId: id });
    events.emit(ctx, tokensRevoked, { subject: id, rolesOnly: false });
  };
