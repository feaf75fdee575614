import type { UsersService } from '@plinth/contracts/users';
import type { Collection, Events } from '@plinth/data-kit';
import { toEmailKey, toUser, type UserDocument } from '@plinth/models/users';
import { userCreated } from '@plinth/service-contracts/users';
import { countOwners, type OwnerCounts } from './owners.ts';

type Deps = { users: Collection<UserDocument, 'insert'>; ownerCounts: OwnerCounts; events: Events };

/** Adds a person. That the address is free is for the unique index to say, at commit. */
export const createUser =
  ({ users, ownerCounts, events }: Deps): UsersService['createUser'] =>
  async ({ body }, ctx) => {
    const { name, email, role } = body;
    const emailKey = toEmailKey(email);
    const user = users.for(ctx).insert({ name, email, emailKey, role, status: 'active', deleted: false });
    await countOwners(ownerCounts, ctx, { after: user });
    events.emit(ctx, userCreated, { userId: user._id, role });
    return toUser(user);
  };
