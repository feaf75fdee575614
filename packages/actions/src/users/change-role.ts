import { type BuiltInRole, builtInRoles, tokensRevoked } from '@plinth/contract-kit';
import type { UsersService } from '@plinth/contracts/users';
import type { Collection, Events } from '@plinth/data-kit';
import { toUser, type UserDocument } from '@plinth/models/users';
import { usersErrors, usersEvents, usersPermissions } from '@plinth/service-contracts/users';
import { adjustOwnerCount, type OwnerCounts } from './adjust-owner-count.ts';
import { assertMayChange } from './assert-may-change.ts';

type Deps = {
  users: Collection<UserDocument, 'get' | 'update' | 'find' | 'require'>;
  ownerCounts: OwnerCounts;
  events: Events;
};

const mayChangeRoles = (role: BuiltInRole): boolean =>
  usersPermissions['users:write'].roles.some((each) => each === role);

/** Users cannot raise their own role, not even with a token of a higher role that they had before. */
export const changeRole =
  ({ users, ownerCounts, events }: Deps): UsersService['changeRole'] =>
  async ({ id, version, body: { role } }, ctx) => {
    const user = await users.for(ctx).get(id, { version });
    const isRaised = !mayChangeRoles(user.role) || builtInRoles.indexOf(role) < builtInRoles.indexOf(user.role);
    if (role === user.role) return toUser(user);
    if (isRaised && id === ctx.actor.id) throw usersErrors.ownRole();
    const changed = users.for(ctx).update(user, { $set: { role } });
    await assertMayChange(users, ctx, { before: user, after: changed });
    await adjustOwnerCount(ownerCounts, ctx, { before: user, after: changed });
    events.emit(ctx, usersEvents.userRoleChanged, { userId: id, role, previousRole: user.role });
    events.emit(ctx, tokensRevoked, { subject: id, rolesOnly: true });
    return toUser(changed);
  };
