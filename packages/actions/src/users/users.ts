import type { UsersService } from '@plinth/contracts/users';
import type { Collection, Events } from '@plinth/data-kit';
import { toUser, type UserDocument } from '@plinth/models/users';
import { usersEvents } from '@plinth/service-contracts/users';
import { assertMayChange } from './assert-may-change.ts';
import type { RoleReads } from './held-permissions.ts';

type Deps = {
  users: Collection<UserDocument, 'get' | 'list' | 'update' | 'find' | 'require'>;
  roles: RoleReads['roles'];
  events: Events;
};

export const listUsers =
  ({ users }: Deps): UsersService['listUsers'] =>
  async ({ query }, ctx) =>
    users.for(ctx).list(query, toUser);

export const getMe =
  ({ users }: Deps): UsersService['getMe'] =>
  async (_input, ctx) =>
    toUser(await users.for(ctx).get(ctx.actor.id));

export const getUser =
  ({ users }: Deps): UsersService['getUser'] =>
  async ({ id }, ctx) =>
    toUser(await users.for(ctx).get(id));

/** A patch that changes nothing keeps the version and emits no event. */
export const updateUser =
  ({ users, roles, events }: Deps): UsersService['updateUser'] =>
  async ({ id, version, body }, ctx) => {
    const user = await users.for(ctx).get(id, { version });
    const { name = user.name, email = user.email } = body;
    if (name === user.name && email === user.email) return toUser(user);
    await assertMayChange({ users, roles }, ctx, { before: user });
    const updated = users.for(ctx).update(user, { $set: { name, email } });
    events.emit(ctx, usersEvents.userUpdated, { userId: id });
    return toUser(updated);
  };
