import { commonErrors } from '@plinth/contract-kit';
import type { UsersService } from '@plinth/contracts/users';
import type { Collection, Events } from '@plinth/data-kit';
import type { UserDocument } from '@plinth/models/users';
import { usersErrors, usersEvents } from '@plinth/service-contracts/users';

type Deps = { users: Collection<UserDocument, 'getRemoved' | 'purge'>; events: Events };

export const eraseUser =
  ({ users, events }: Deps): UsersService['eraseUser'] =>
  async ({ id }, ctx) => {
    users.for(ctx).purge(await users.for(ctx).getRemoved(id, usersErrors.notRemoved()), commonErrors.conflict());
    events.emit(ctx, usersEvents.userErased, { userId: id });
  };
