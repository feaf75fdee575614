import { tokensRevoked } from '@plinth/contract-kit';
import type { UsersService } from '@plinth/contracts/users';
import { assertVersion, type Clock, type Collection, type Events } from '@plinth/data-kit';
import { toRemovedKey, type UserDocument } from '@plinth/models/users';
import { userDeleted } from '@plinth/service-contracts/users';
import { countOwners, type OwnerCounts } from './owners.ts';
import { presentUser } from './present-user.ts';

type Deps = {
  users: Collection<UserDocument, 'get' | 'update'>;
  ownerCounts: OwnerCounts;
  events: Events;
  clock: Clock;
};

/** Removes a person from every answer and frees their address. What is stored stays, so that it can be undone. */
export const deleteUser =
  ({ users, ownerCounts, events, clock }: Deps): UsersService['deleteUser'] =>
  async ({ id, version }, ctx) => {
    const user = await presentUser(users, ctx, id);
    assertVersion(user, version);
    const gone = { deleted: true, deletedAt: clock.now(), emailKey: toRemovedKey(id) };
    const removed = users.for(ctx).update(user, { $set: gone });
    await countOwners(ownerCounts, ctx, { before: user, after: removed });
    events.emit(ctx, userDeleted, { userId: id });
    events.emit(ctx, tokensRevoked, { subject: id });
  };
