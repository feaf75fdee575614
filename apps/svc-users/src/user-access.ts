import { ApiError, customRole } from '@plinth/contract-kit';
import type { Collection, FindUserAccess, UserAccess } from '@plinth/data-kit';
import type { RoleDocument, UserDocument } from '@plinth/models/users';

type Deps = { readonly users: Collection<UserDocument, 'get'>; readonly roles: Collection<RoleDocument, 'find'> };

const unknownUser: UserAccess = { status: 'unknown', roles: [] };

/** Creates the look-up of what the user of a token may do now. */
export const findUserAccess =
  ({ users, roles }: Deps): FindUserAccess =>
  async (ctx) => {
    try {
      const { status, role, roleId } = await users.for(ctx).get(ctx.actor.id);
      if (role !== customRole || roleId === undefined) return { status, roles: [role] };
      const custom = await roles.for(ctx).find({ _id: roleId });
      return { status, roles: [role], customPermissions: custom?.permissions ?? [] };
    } catch (error) {
      if (error instanceof ApiError && error.code === 'not-found') return unknownUser;
      throw error;
    }
  };
