import { ApiError } from '@plinth/contract-kit';
import type { Collection, FindUserAccess, UserAccess } from '@plinth/data-kit';
import type { UserDocument } from '@plinth/models/users';

type Deps = { readonly users: Collection<UserDocument, 'get'> };

const unknownUser: UserAccess = { status: 'unknown', roles: [] };

/** Creates the look-up of what the user of a token may do now. */
export const findUserAccess =
  ({ users }: Deps): FindUserAccess =>
  async (ctx) => {
    try {
      const { status, role } = await users.for(ctx).get(ctx.actor.id);
      return { status, roles: [role] };
    } catch (error) {
      if (error instanceof ApiError && error.code === 'not-found') return unknownUser;
      throw error;
    }
  };
