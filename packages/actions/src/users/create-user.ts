import type { UsersService } from '@plinth/contracts/users';
import type { Collection } from '@plinth/kernel';
import { toEmailKey, toUser, type UserDocument } from '@plinth/models/users';

type Deps = { users: Collection<UserDocument, 'insert'> };

/** Adds a person. That the address is free is for the unique index to say, at commit. */
export const createUser =
  ({ users }: Deps): UsersService['createUser'] =>
  async ({ body }, ctx) => {
    const { name, email, role } = body;
    return toUser(users.for(ctx).insert({ name, email, emailKey: toEmailKey(email), role }));
  };
