import type { UsersService } from '@plinth/contracts/users';
import type { Collection, Ctx } from '@plinth/data-kit';
import { toUser, type UserDocument } from '@plinth/models/users';

type Deps = { users: Collection<UserDocument, 'list'> };

const pageSize = 100;

/** Everybody of the organization, who was added first first; page by page, so that it never holds more than one. */
async function* everybody(users: Deps['users'], ctx: Ctx) {
  let cursor: string | undefined;
  do {
    const page = await users.for(ctx).list({ where: { deleted: false }, sort: 'createdAt', limit: pageSize, cursor });
    for (const user of page.items) yield toUser(user);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

export const exportUsers =
  ({ users }: Deps): UsersService['exportUsers'] =>
  async (_input, ctx) =>
    everybody(users, ctx);
