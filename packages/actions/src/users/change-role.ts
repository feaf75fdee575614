import { type BuiltInRole, builtInRoles, tokensRevoked } from '@plinth/contract-kit';
import type { UsersService } from '@plinth/contracts/users';
import { assertVersion, type Collection, type Events } from '@plinth/data-kit';
import { usersErrors } from '@plinth/errors/users';
import { toUser, type UserDocument } from '@plinth/models/users';
import { userRoleChanged } from '@plinth/service-contracts/users';
import { countOwners, type OwnerCounts } from './owners.ts';
import { presentUser } from './present-user.ts';

type Deps = { users: Collection<UserDocument, 'get' | 'update'>; ownerCounts: OwnerCounts; events: Events };

/** True when the first role may do more than the second: the built-in roles stand from the highest to the lowest. */
const isAbove = (role: BuiltInRole, other: BuiltInRole): boolean =>
  builtInRoles.indexOf(role) < builtInRoles.indexOf(other);

/** Gives a person another role. Nobody raises their own, also not with a token of a role that they had before. */
export const changeRole =
  ({ users, ownerCounts, events }: Deps): UsersService['changeRole'] =>
  async ({ id, version, body: { role } }, ctx) => {
    const user = await presentUser(users, ctx, id);
    assertVersion(user, version);
    const { role: previousRole } = user;
    if (role === previousRole) return toUser(user);
    if (id === ctx.actor.id && isAbove(role, previousRole)) throw usersErrors.ownRole();
    const changed = users.for(ctx).update(user, { $set: { role } });
    await countOwners(ownerCounts, ctx, { before: user, after: changed });
    events.emit(ctx, userRoleChanged, { userId: id, role, previousRole });
    events.emit(ctx, tokensRevoked, { subject: id });
    return toUser(changed);
  };
