import { tokensRevoked } from '@plinth/contract-kit';
import type { UsersService } from '@plinth/contracts/users';
import type { Collection, Events } from '@plinth/data-kit';
import { toUser, type UserDocument } from '@plinth/models/users';
import { usersErrors, usersEvents } from '@plinth/service-contracts/users';
import { adjustOwnerCount, type OwnerCounts } from './adjust-owner-count.ts';
import { assertMayChange } from './assert-may-change.ts';
import { listPermissionsOf, type RoleReads } from './held-permissions.ts';

type Deps = {
  users: Collection<UserDocument, 'get' | 'update' | 'find' | 'require'>;
  roles: RoleReads['roles'];
  ownerCounts: OwnerCounts;
  events: Events;
};

/** Users cannot raise their own role, not even with a token of a higher role that they had before. */
export const changeRole =
  ({ users, roles, ownerCounts, events }: Deps): UsersService['changeRole'] =>
  async ({ id, version, body: { role, roleId } }, ctx) => {
    const user = await users.for(ctx).get(id, { version });
    if (role === user.role && roleId === user.roleId) return toUser(user);
    const deps = { users, roles };
    if (id === ctx.actor.id) {
      const own = await listPermissionsOf(deps, ctx, user);
      const wanted = await listPermissionsOf(deps, ctx, { role, roleId });
      if (!wanted.every((permission) => own.includes(permission))) throw usersErrors.ownRole();
    }
    const change =
      roleId === undefined ? { $set: { role }, $unset: { roleId: true } as const } : { $set: { role, roleId } };
    const changed = users.for(ctx).update(user, change);
    await assertMayChange(deps, ctx, { before: user, after: changed });
    await adjustOwnerCount(ownerCounts, ctx, { before: user, after: changed });
    events.emit(ctx, usersEvents.userRoleChanged, {
      userId: id,
      role,
      roleId,
      previousRole: user.role,
      previousRoleId: user.roleId,
    });
    events.emit(ctx, tokensRevoked, { subject: id, rolesOnly: true });
    return toUser(changed);
  };
