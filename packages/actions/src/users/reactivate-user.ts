import { commonErrors } from '@plinth/contract-kit';
import type { UsersService } from '@plinth/contracts/users';
import { type Collection, type Events } from '@plinth/data-kit';
import { usersErrors } from '@plinth/errors/users';
import { toUser, type UserDocument } from '@plinth/models/users';
import { userReactivated } from '@plinth/service-contracts/users';
import { countOwners, type OwnerCounts } from './owners.ts';
import { presentUser } from './present-user.ts';

type Deps = { users: Collection<UserDocument, 'get' | 'update'>; ownerCounts: OwnerCounts; events: Events };

/** Lets a person who was suspended in again. */
export const reactivateUser =
  ({ users, ownerCounts, events }: Deps): UsersService['reactivateUser'] =>
  async ({ id }, ctx) => {
    const user = await presentUser(users, ctx, id);
    if (user.status === 'active') throw usersErrors.notSuspended();
    const active = users.for(ctx).update(user, { $set: { status: 'active' } }, commonErrors.conflict());
    await countOwners(ownerCounts, ctx, { before: user, after: active });
    events.emit(ctx, userReactivated, { userId: id });
    return toUser(active);
  };
