import type { UsersService } from '@plinth/contracts/users';
import { assertVersion, type Collection } from '@plinth/kernel';
import { toEmailKey, toUser, type UserDocument } from '@plinth/models/users';

type Deps = { users: Collection<UserDocument, 'get' | 'update'> };

/** Changes a person's own data. A patch without content changes nothing, and keeps the version. */
export const updateUser =
  ({ users }: Deps): UsersService['updateUser'] =>
  async ({ id, version, body }, ctx) => {
    const user = await users.for(ctx).get(id);
    assertVersion(user, version);
    const { name = user.name, email = user.email } = body;
    if (name === user.name && email === user.email) return toUser(user);
    return toUser(users.for(ctx).update(user, { $set: { name, email, emailKey: toEmailKey(email) } }));
  };
