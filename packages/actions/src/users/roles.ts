import type { RolesService } from '@plinth/contracts/users';
import type { Collection, Events } from '@plinth/data-kit';
import { type RoleDocument, toRole } from '@plinth/models/users';
import { permissionCatalogue, rolesEvents, usersErrors } from '@plinth/service-contracts/users';
import { assertHeld, type RoleReads } from './held-permissions.ts';

type Roles = { roles: Collection<RoleDocument, 'get' | 'list' | 'find' | 'insert' | 'update' | 'remove' | 'require'> };
type Deps = Roles & Pick<RoleReads, 'users'> & { events: Events };

/** @throws `unknown-permissions` with those that no contract declares. @returns the others, sorted, each once. */
const toKnown = (permissions: readonly string[]): string[] => {
  const unknown = permissions.filter((name) => !Object.hasOwn(permissionCatalogue, name));
  if (unknown.length > 0) throw usersErrors.unknownPermissions({ permissions: [...new Set(unknown)] });
  return [...new Set(permissions)].toSorted();
};

export const listPermissions = (): RolesService['listPermissions'] => async () => ({
  permissions: Object.entries(permissionCatalogue).map(([name, { title, roles }]) => ({
    name,
    title,
    roles: [...roles],
  })),
});

export const listRoles =
  ({ roles }: Roles): RolesService['listRoles'] =>
  async ({ query }, ctx) =>
    roles.for(ctx).list(query, toRole);

export const getRole =
  ({ roles }: Roles): RolesService['getRole'] =>
  async ({ id }, ctx) =>
    toRole(await roles.for(ctx).get(id));

/** Creates a role. The unique index rejects a taken name at commit. */
export const createRole =
  (deps: Deps): RolesService['createRole'] =>
  async ({ body: { name, permissions } }, ctx) => {
    const known = toKnown(permissions);
    await assertHeld(deps, ctx, { permissions: known });
    const role = deps.roles.for(ctx).insert({ name, permissions: known });
    deps.events.emit(ctx, rolesEvents.roleCreated, { roleId: role._id });
    return toRole(role);
  };

/** A patch that changes nothing keeps the version and emits no event. */
export const updateRole =
  (deps: Deps): RolesService['updateRole'] =>
  async ({ id, version, body }, ctx) => {
    const role = await deps.roles.for(ctx).get(id, { version });
    const { name = role.name } = body;
    const permissions = body.permissions ? toKnown(body.permissions) : role.permissions;
    if (name === role.name && permissions.join() === role.permissions.join()) return toRole(role);
    await assertHeld(deps, ctx, { permissions: [...role.permissions, ...permissions], changedRoleId: id });
    const updated = deps.roles.for(ctx).update(role, { $set: { name, permissions } });
    deps.events.emit(ctx, rolesEvents.roleUpdated, { roleId: id });
    return toRole(updated);
  };

/** Deletes a role that no user has, which the reference of users decides at commit. */
export const deleteRole =
  (deps: Deps): RolesService['deleteRole'] =>
  async ({ id, version }, ctx) => {
    const role = await deps.roles.for(ctx).get(id, { version });
    await assertHeld(deps, ctx, { permissions: role.permissions, changedRoleId: id });
    deps.roles.for(ctx).remove(role);
    deps.events.emit(ctx, rolesEvents.roleDeleted, { roleId: id });
  };
