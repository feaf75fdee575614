import type { UsersService } from '@plinth/contracts/users';
import type { Collection } from '@plinth/data-kit';
import { toUser, type UserDocument } from '@plinth/models/users';

type Deps = { users: Collection<UserDocument, 'get'> };

export const getMe =
  ({ users }: Deps): UsersService['getMe'] =>
  async (_input, ctx) =>
    toUser(await users.for(ctx).get(ctx.actor.id));
