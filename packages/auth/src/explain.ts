import type { Auth, PermissionName } from '@plinth/contract-kit';
import type { Principal } from '@plinth/data-kit';
import type { PermissionRow } from './permission-table.ts';

/** Why a call is allowed or not, in plain sentences. */
export type Explanation = {
  readonly allowed: boolean;
  /** What the route asks for, when it asks for a permission. */
  readonly permission?: PermissionName;
  readonly because: string;
  /** The roles that have the permission. */
  readonly rolesThatWould: string[];
};

type Decision = {
  readonly principal: Principal;
  readonly auth: Auth;
  /** The permission that the route asks for, where a book declares it. */
  readonly row: PermissionRow | undefined;
  readonly allowed: boolean;
};

const listed = (names: readonly string[]): string =>
  new Intl.ListFormat('en', { type: 'conjunction' }).format(names.map((name) => `'${name}'`));

/** "The role 'viewer' does not have", "The roles 'viewer' and 'guest' do not have", "The caller has no role, so not". */
const withoutIt = (roles: readonly string[], permission: string): string => {
  if (roles.length === 0) return `The caller has no role, and so not '${permission}'`;
  const [noun, verb] = roles.length === 1 ? ['role', 'does'] : ['roles', 'do'];
  return `The ${noun} ${listed(roles)} ${verb} not have '${permission}'`;
};

const whoHasIt = (roles: readonly string[]): string => {
  if (roles.length === 0) return 'no role has.';
  return `${listed(roles)} ${roles.length === 1 ? 'has' : 'have'}.`;
};

const reasonOf = ({ principal, auth, row, allowed }: Decision): string => {
  if (auth === 'public') return 'Everybody may call this.';
  if (principal.kind === 'anonymous') return 'The caller has no credential, and this needs one.';
  if (auth === 'authenticated') return 'Everybody with a credential may call this.';
  const { policy, orSelf } = auth;
  const role = principal.roles.find((name) => row?.roles.includes(name));
  if (role !== undefined) return `The role '${role}' has '${policy}'.`;
  if (allowed) return `The caller's own id stands at '${orSelf}', and one's own is allowed without '${policy}'.`;
  if (!row) return `No permission book declares '${policy}', so nobody has it.`;
  const notSelf = orSelf === undefined ? '' : ` Nor does the caller's own id stand at '${orSelf}'.`;
  return `${withoutIt(principal.roles, policy)}; ${whoHasIt(row.roles)}${notSelf}`;
};

/** Puts a decision into words. It decides nothing. */
export const explain = (decision: Decision): Explanation => {
  const { auth, row, allowed } = decision;
  const rolesThatWould = [...(row?.roles ?? [])];
  const because = reasonOf(decision);
  return typeof auth === 'string'
    ? { allowed, because, rolesThatWould }
    : { allowed, permission: auth.policy, because, rolesThatWould };
};
