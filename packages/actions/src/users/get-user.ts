import type { UsersService } from '@plinth/contracts/users';
import type { Collection } from '@plinth/data-kit';
import { toUser, type UserDocument } from '@plinth/models/users';
import { presentUser } from './present-user.ts';

type Deps = { users: Collection<UserDocument, 'get'> };

export const getUser =
  ({ users }: Deps): UsersService['getUser'] =>
  async ({ id }, ctx) =>
    toUser(await presentUser(users, ctx, id));
