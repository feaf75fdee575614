import type { Ctx } from './context.ts';

/**
 * The status and the roles of a user now, whatever their token says. `unknown` is a user who does not exist in the organization
 * or was deleted.
 */
export type UserAccess = {
  readonly status: 'active' | 'suspended' | 'unknown';
  readonly roles: readonly string[];
  /** The permissions of the role `custom`, where it is among the roles. */
  readonly customPermissions?: readonly string[];
};

/** Finds the access of `ctx.actor`. The domain that stores users implements it; a module declares it. */
export type FindUserAccess = (ctx: Ctx) => Promise<UserAccess>;
