import { commonErrors } from '@plinth/contract-kit';
import type { UsersService } from '@plinth/contracts/users';
import { type Collection, type Events } from '@plinth/data-kit';
import { usersErrors } from '@plinth/errors/users';
import { toEmailKey, toUser, type UserDocument } from '@plinth/models/users';
import { userRestored } from '@plinth/service-contracts/users';
import { countOwners, type OwnerCounts } from './owners.ts';

type Deps = { users: Collection<UserDocument, 'get' | 'update'>; ownerCounts: OwnerCounts; events: Events };

/** Undoes a removal. That nobody has the address meanwhile is for the unique index to say, at commit. */
export const restoreUser =
  ({ users, ownerCounts, events }: Deps): UsersService['restoreUser'] =>
  async ({ id }, ctx) => {
    const user = await users.for(ctx).get(id);
    if (!user.deleted) throw usersErrors.notRemoved();
    const back = { $set: { deleted: false, emailKey: toEmailKey(user.email) }, $unset: { deletedAt: true } } as const;
    const restored = users.for(ctx).update(user, back, commonErrors.conflict());
    await countOwners(ownerCounts, ctx, { before: user, after: restored });
    events.emit(ctx, userRestored, { userId: id });
    return toUser(restored);
  };
