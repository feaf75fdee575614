import { commonErrors } from '@plinth/contract-kit';
import type { Collection, Ctx } from '@plinth/data-kit';
import type { UserDocument } from '@plinth/models/users';
import { usersPermissions } from '@plinth/service-contracts/users';

export type Changers = Collection<UserDocument, 'find' | 'require'>;

/** A user before and after a change. A new user has no `before`, a deleted user no `after`. */
type UserChange = { readonly before?: UserDocument; readonly after?: UserDocument };

type Holders = { readonly permission: string; readonly roles: readonly string[] };

const permissions: readonly Holders[] = Object.entries(usersPermissions).map(([permission, { roles }]) => ({
  permission,
  roles,
}));

/** Finds a permission of a role that not everyone who may change users has. The route has checked that the caller may. */
const findPrivilege = (role: string): Holders | undefined =>
  permissions.find(
    ({ roles }) => roles.includes(role) && !usersPermissions['users:write'].roles.every((each) => roles.includes(each)),
  );

/**
 * Asserts that the caller has the permissions of the user whom they change, before and after: no caller gives what they lack, and an
 * admin cannot add, change or delete an owner. Users may change themselves. The role of the caller is a condition of the commit, so
 * that a demotion at the same moment wins.
 * @throws `forbidden` with the permission that the caller lacks.
 */
export const assertMayChange = async (users: Changers, ctx: Ctx, { before, after }: UserChange): Promise<void> => {
  const { actor } = ctx;
  if (actor.kind !== 'user' || (before ?? after)?._id === actor.id) return;
  const role = [before?.role, after?.role].find((each) => each !== undefined && findPrivilege(each));
  const privilege = role && findPrivilege(role);
  if (!privilege) return;
  const { permission, roles } = privilege;
  const detail = `The role '${role}' has '${permission}', which the caller lacks. Only a user who has it may change a user of this role.`;
  const forbidden = commonErrors.forbidden({ permission }, { detail });
  const isHolder = (held: readonly string[]): boolean => held.some((each) => roles.includes(each));
  const caller = await users.for(ctx).find({ _id: actor.id });
  if (!isHolder(actor.roles) || (caller && !isHolder([caller.role]))) throw forbidden;
  if (caller) users.for(ctx).require({ _id: caller._id, role: caller.role, status: 'active' }, forbidden);
};
