import { commonErrors, tokensRevoked } from '@plinth/contract-kit';
import type { UsersService } from '@plinth/contracts/users';
import { type Collection, type Events } from '@plinth/data-kit';
import { usersErrors } from '@plinth/errors/users';
import { toUser, type UserDocument } from '@plinth/models/users';
import { userSuspended } from '@plinth/service-contracts/users';
import { countOwners, type OwnerCounts } from './owners.ts';
import { presentUser } from './present-user.ts';

type Deps = { users: Collection<UserDocument, 'get' | 'update'>; ownerCounts: OwnerCounts; events: Events };

/** Shuts a person out until they are reactivated; they stay in the organization and in its lists. */
export const suspendUser =
  ({ users, ownerCounts, events }: Deps): UsersService['suspendUser'] =>
  async ({ id }, ctx) => {
    const user = await presentUser(users, ctx, id);
    if (user.status === 'suspended') throw usersErrors.alreadySuspended();
    const suspended = users.for(ctx).update(user, { $set: { status: 'suspended' } }, commonErrors.conflict());
    await countOwners(ownerCounts, ctx, { before: user, after: suspended });
    events.emit(ctx, userSuspended, { userId: id });
    events.emit(ctx, tokensRevoked, { subject: id });
    return toUser(suspended);
  };
