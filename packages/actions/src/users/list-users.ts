import type { UsersService } from '@plinth/contracts/users';
import type { Collection } from '@plinth/data-kit';
import { toEmailKey, toUser, type UserDocument } from '@plinth/models/users';

type Deps = { users: Collection<UserDocument, 'list'> };

export const listUsers =
  ({ users }: Deps): UsersService['listUsers'] =>
  async ({ query }, ctx) => {
    const { email, ...rest } = query.where;
    // Who is removed has no key that is an address, so an address finds nobody who is.
    const where = email === undefined ? { ...rest, deleted: false } : { ...rest, emailKey: toEmailKey(email) };
    return users.for(ctx).list({ ...query, where }, toUser);
  };
