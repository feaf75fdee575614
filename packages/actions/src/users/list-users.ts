import type { UsersService } from '@plinth/contracts/users';
import type { Collection } from '@plinth/data-kit';
import { toUser, type UserDocument } from '@plinth/models/users';

type Deps = { users: Collection<UserDocument, 'list'> };

export const listUsers =
  ({ users }: Deps): UsersService['listUsers'] =>
  async ({ query }, ctx) =>
    users.for(ctx).list(query, toUser);
