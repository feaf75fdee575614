import type { Auth, PermissionName } from '@plinth/contract-kit';
import { type Principal, platformTenantId } from '@plinth/data-kit';

/** The reason of a denied call. */
export type Denial = {
  /** The permission that the route requires, if it requires one. */
  readonly permission?: PermissionName;
  /** A public sentence. */
  readonly reason: string;
};

const list = (names: readonly string[]): string =>
  new Intl.ListFormat('en', { type: 'conjunction' }).format(names.map((name) => `'${name}'`));

/** Returns a clause such as "The role 'viewer' does not have 'users:write'". */
const describeMissing = (roles: readonly string[], permission: string): string => {
  if (roles.length === 0) return `The caller has no role, and so not '${permission}'`;
  const [noun, verb] = roles.length === 1 ? ['role', 'does'] : ['roles', 'do'];
  return `The ${noun} ${list(roles)} ${verb} not have '${permission}'`;
};

const describeHolders = (roles: readonly string[]): string => {
  if (roles.length === 0) return 'no role has.';
  return `${list(roles)} ${roles.length === 1 ? 'has' : 'have'}.`;
};

/** Describes a call that was denied. `holders` are the roles that have the permission of the route. */
export const describeDenial = (principal: Principal, auth: Auth, holders: readonly string[]): Denial => {
  if (principal.kind === 'anonymous') {
    return { reason: 'The request has no credential, and this route requires one.' };
  }
  if (auth === 'identity') return { reason: 'The token has no identity: sign in, and use the token of the session.' };
  if (principal.tenantId === platformTenantId || typeof auth === 'string') {
    return { reason: 'The token is of no organization: choose one, and use the token that you get for it.' };
  }
  const { policy: permission, orSelf } = auth;
  const notSelf = orSelf === undefined ? '' : ` The path parameter '${orSelf}' is not the caller's own id.`;
  return {
    permission,
    reason: `${describeMissing(principal.roles, permission)}; ${describeHolders(holders)}${notSelf}`,
  };
};
