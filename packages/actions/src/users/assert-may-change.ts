import type { Ctx } from '@plinth/data-kit';
import type { UserDocument } from '@plinth/models/users';
import { assertHeld, listPermissionsOf, type RoleReads } from './held-permissions.ts';

/** A user before and after a change. A new user has no `before`, a deleted user no `after`. */
type UserChange = { readonly before?: UserDocument; readonly after?: UserDocument };

/**
 * Asserts that the caller has the permissions of the user whom they change, before and after: no caller gives what they lack, and an
 * admin cannot add, change or delete an owner. Users may change themselves.
 * @throws `forbidden` with the permission that the caller lacks, `role-missing` for a custom role that does not exist.
 */
export const assertMayChange = async (deps: RoleReads, ctx: Ctx, { before, after }: UserChange): Promise<void> => {
  if ((before ?? after)?._id === ctx.actor.id) return;
  const permissions = new Set<string>();
  for (const user of [before, after]) {
    if (!user || (user === after && before?.role === after.role && before.roleId === after.roleId)) continue;
    for (const permission of await listPermissionsOf(deps, ctx, user)) permissions.add(permission);
  }
  await assertHeld(deps, ctx, { permissions });
};
