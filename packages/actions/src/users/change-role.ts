import { type BuiltInRole, builtInRoles, tokensRevoked } from '@plinth/contract-kit';
import type { UsersService } from '@plinth/contracts/users';
import type { Collection, Events } from '@plinth/data-kit';
import { toUser, type UserDocument } from '@plinth/models/users';
import { usersErrors, usersEvents } from '@plinth/service-contracts/users';
import { adjustOwnerCount, type OwnerCounts } from './adjust-owner-count.ts';

type Deps = { users: Collection<UserDocument, 'get' | 'update'>; ownerCounts: OwnerCounts; events: Events };

/** True when `role` allows more than `other`: the built-in roles are sorted from the highest to the lowest. */
const isAbove = (role: BuiltInRole, other: BuiltInRole): boolean =>
  builtInRoles.indexOf(role) < builtInRoles.indexOf(other);

/** Users cannot raise their own role, not even with a token of a higher role that they had before. */
export const changeRole =
  ({ users, ownerCounts, events }: Deps): UsersService['changeRole'] =>
  async ({ id, version, body: { role } }, ctx) => {
    const user = await users.for(ctx).get(id, { version });
    const { role: previousRole } = user;
    if (id === ctx.actor.id && isAbove(role, previousRole)) throw usersErrors.ownRole();
    if (role === previousRole) return toUser(user);
    const changed = users.for(ctx).update(user, { $set: { role } });
    await adjustOwnerCount(ownerCounts, ctx, { before: user, after: changed });
    events.emit(ctx, usersEvents.userRoleChanged, { userId: id, role, previousRole });
    events.emit(ctx, tokensRevoked, { subject: id });
    return toUser(changed);
  };
