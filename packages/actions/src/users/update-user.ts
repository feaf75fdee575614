import type { UsersService } from '@plinth/contracts/users';
import { assertVersion, type Collection, type Events } from '@plinth/data-kit';
import { toEmailKey, toUser, type UserDocument } from '@plinth/models/users';
import { userUpdated } from '@plinth/service-contracts/users';
import { presentUser } from './present-user.ts';

type Deps = { users: Collection<UserDocument, 'get' | 'update'>; events: Events };

/** Changes a person's own data. A patch without content changes nothing, and keeps the version. */
export const updateUser =
  ({ users, events }: Deps): UsersService['updateUser'] =>
  async ({ id, version, body }, ctx) => {
    const user = await presentUser(users, ctx, id);
    assertVersion(user, version);
    const { name = user.name, email = user.email } = body;
    if (name === user.name && email === user.email) return toUser(user);
    const updated = users.for(ctx).update(user, { $set: { name, email, emailKey: toEmailKey(email) } });
    events.emit(ctx, userUpdated, { userId: id });
    return toUser(updated);
  };
