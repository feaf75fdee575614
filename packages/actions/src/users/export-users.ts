import type { UsersService } from '@plinth/contracts/users';
import type { Collection, Ctx } from '@plinth/data-kit';
import { toUser, type UserDocument } from '@plinth/models/users';

type Deps = { users: Collection<UserDocument, 'list'> };

/** Returns all users of the organization, the oldest first, and holds one page at a time. */
async function* iterateUsers(users: Deps['users'], ctx: Ctx) {
  let cursor: string | undefined;
  do {
    const page = await users.for(ctx).list({ where: {}, sort: 'createdAt', limit: 100, cursor }, toUser);
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

export const exportUsers =
  ({ users }: Deps): UsersService['exportUsers'] =>
  async (_input, ctx) =>
    iterateUsers(users, ctx);
