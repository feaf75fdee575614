import { builtInRoles, tokensRevoked } from '@plinth/contract-kit';
import type { UsersService } from '@plinth/contracts/users';
import type { Collection, Events } from '@plinth/data-kit';
import { toUser, type UserDocument } from '@plinth/models/users';
import { usersErrors, usersEvents } from '@plinth/service-contracts/users';
import { adjustOwnerCount, type OwnerCounts } from './adjust-owner-count.ts';

type Deps = { users: Collection<UserDocument, 'get' | 'update'>; ownerCounts: OwnerCounts; events: Events };

/** Users cannot raise their own role, not even with a token of a higher role that they had before. */
export const changeRole =
  ({ users, ownerCounts, events }: Deps): UsersService['changeRole'] =>
  async ({ id, version, body: { role } }, ctx) => {
    const user = await users.for(ctx).get(id, { version });
    // The built-in roles are sorted from the highest to the lowest.
    const isRaised = builtInRoles.indexOf(role) < builtInRoles.indexOf(user.role);
    if (isRaised && id === ctx.actor.id) throw usersErrors.ownRole();
    if (role === user.role) return toUser(user);
    const changed = users.for(ctx).update(user, { $set: { role } });
    await adjustOwnerCount(ownerCounts, ctx, { before: user, after: changed });
    events.emit(ctx, usersEvents.userRoleChanged, { userId: id, role, previousRole: user.role });
    events.emit(ctx, tokensRevoked, { subject: id, rolesOnly: true });
    return toUser(changed);
  };
