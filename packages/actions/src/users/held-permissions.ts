import { type ApiError, type BuiltInRole, commonErrors, customRole, type PermissionName } from '@plinth/contract-kit';
import type { Collection, Ctx } from '@plinth/data-kit';
import type { RoleDocument, UserDocument } from '@plinth/models/users';
import { permissionCatalogue, usersErrors, usersPermissions } from '@plinth/service-contracts/users';

export type RoleReads = {
  readonly users: Collection<UserDocument, 'find' | 'require'>;
  readonly roles: Collection<RoleDocument, 'find' | 'require'>;
};

type RoleOfUser = Pick<UserDocument, 'role' | 'roleId'>;

const listOfBuiltIn = (role: string): readonly string[] =>
  Object.entries(permissionCatalogue).flatMap(([name, { roles }]) =>
    roles.includes(role as BuiltInRole) ? [name] : [],
  );

const findRole = async ({ roles }: RoleReads, ctx: Ctx, roleId = ''): Promise<RoleDocument | undefined> =>
  roles.for(ctx).find({ _id: roleId });

/** Returns the permissions of the role of a user. @throws `role-missing` for a custom role that does not exist. */
export const listPermissionsOf = async (
  deps: RoleReads,
  ctx: Ctx,
  { role, roleId }: RoleOfUser,
): Promise<readonly string[]> => {
  if (role !== customRole) return listOfBuiltIn(role);
  const found = await findRole(deps, ctx, roleId);
  if (!found) throw usersErrors.roleMissing();
  return found.permissions;
};

/** The permissions of the caller, and the documents that decide it. A caller of a test or a program need not be stored. */
type Held = {
  readonly permissions: ReadonlySet<string>;
  readonly caller: UserDocument | undefined;
  readonly role: RoleDocument | undefined;
};

/** Finds the permissions of the caller: those of the role now, narrowed by the roles of the token. */
const findHeld = async (deps: RoleReads, ctx: Ctx): Promise<Held> => {
  const { id, roles: tokenRoles } = ctx.actor;
  const caller = await deps.users.for(ctx).find({ _id: id });
  const role = caller?.role === customRole ? await findRole(deps, ctx, caller.roleId) : undefined;
  const toPermissions = (name: string): readonly string[] =>
    name === customRole ? (role?.permissions ?? []) : listOfBuiltIn(name);
  const ofToken = tokenRoles.flatMap(toPermissions);
  const now = caller && new Set(toPermissions(caller.role));
  return { permissions: new Set(ofToken.filter((name) => now?.has(name) ?? true)), caller, role };
};

/** Every built-in role that may change users has it. So the permission of the route is enough, and commits of one caller need no lock. */
const isCommon = (permission: string): boolean =>
  usersPermissions['users:write'].roles.every((role) =>
    permissionCatalogue[permission as PermissionName]?.roles.includes(role),
  );

type Requirement = {
  readonly held: Held;
  readonly wanted: readonly string[];
  readonly changedRoleId: string | undefined;
  readonly error: ApiError;
};

/** Makes the role of the caller a condition of the commit, so that a change of it at the same moment wins. */
const requireRole = ({ users, roles }: RoleReads, ctx: Ctx, requirement: Requirement): void => {
  const {
    held: { caller, role },
    wanted,
    changedRoleId,
    error,
  } = requirement;
  if (!caller || (!role && wanted.every(isCommon))) return;
  const { _id, role: name, roleId } = caller;
  users.for(ctx).require({ _id, role: name, status: 'active', ...(roleId !== undefined && { roleId }) }, error);
  // A role that is itself changed has a condition already.
  if (role && role._id !== changedRoleId) roles.for(ctx).require(role, error);
};

type Wanted = {
  readonly permissions: Iterable<string>;
  /** The custom role that the request changes, if it changes one. */
  readonly changedRoleId?: string;
};

/**
 * Asserts that the caller has all of some permissions, which a change gives or takes. Consumers and jobs have all.
 * @throws `forbidden` with the first permission that the caller lacks; also at commit, when they lose their role at the same moment.
 */
export const assertHeld = async (deps: RoleReads, ctx: Ctx, { permissions, changedRoleId }: Wanted): Promise<void> => {
  if (ctx.actor.kind !== 'user') return;
  const held = await findHeld(deps, ctx);
  const toError = (permission: string): ApiError =>
    commonErrors.forbidden(
      { permission },
      {
        detail: `The change gives or takes '${permission}', which the caller lacks. Only a user who has it may do that.`,
      },
    );
  const wanted = [...permissions];
  const lacked = wanted.find((permission) => !held.permissions.has(permission));
  if (lacked !== undefined) throw toError(lacked);
  const error = toError(wanted.find((name) => !isCommon(name)) ?? wanted[0] ?? '');
  requireRole(deps, ctx, { held, wanted, changedRoleId, error });
};
