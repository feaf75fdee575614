import type { UsersService } from '@plinth/contracts/users';
import type { Collection } from '@plinth/data-kit';
import { toUser, type UserDocument } from '@plinth/models/users';
import { presentUser } from './present-user.ts';

type Deps = { users: Collection<UserDocument, 'get'> };

/** The caller's own profile; it needs no permission. */
export const getMe =
  ({ users }: Deps): UsersService['getMe'] =>
  async (_input, ctx) =>
    toUser(await presentUser(users, ctx, ctx.actor.id));
