import type { UsersService } from '@plinth/contracts/users';
import type { Collection } from '@plinth/kernel';
import { toEmailKey, toUser, type UserDocument } from '@plinth/models/users';

type Deps = { users: Collection<UserDocument, 'list'> };

export const listUsers =
  ({ users }: Deps): UsersService['listUsers'] =>
  async ({ query }, ctx) => {
    const { email, ...where } = query.where;
    const page = await users
      .for(ctx)
      .list({ ...query, where: { ...where, ...(email && { emailKey: toEmailKey(email) }) } });
    return { items: page.items.map(toUser), nextCursor: page.nextCursor };
  };
