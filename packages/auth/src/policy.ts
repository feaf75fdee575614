import type { Auth, PermissionCatalogue, PermissionName } from '@plinth/contract-kit';
import type { Principal } from '@plinth/data-kit';
import { type Explanation, explain } from './explain.ts';
import { gatherPermissions, type PermissionRow } from './permission-table.ts';

type Params = Readonly<Record<string, unknown>>;

/** Who may call what. What nothing allows is denied. */
export type Policy = {
  /** @param params the path parameters, as the client sent them. */
  allows(principal: Principal, auth: Auth, params: Params): boolean;
  /** The same decision with its reason, for people. */
  explain(principal: Principal, auth: Auth, params: Params): Explanation;
  /** The permission that a 403 names; none when the call is allowed, or denied for want of a credential. */
  missing(principal: Principal, auth: Auth, params: Params): PermissionName | undefined;
  /** @throws a `TypeError`, at boot, for a route that asks for a permission that no book declares. */
  assertKnown(auth: Auth): void;
  /** Every permission with the roles that have it, for the reference. */
  matrix(): readonly PermissionRow[];
};

/** True when the path parameter that `orSelf` names is the caller's own id, which ignores case as every id does. */
const isSelf = ({ id }: Principal, orSelf: string | undefined, params: Params): boolean => {
  const param = orSelf === undefined ? undefined : params[orSelf];
  return typeof param === 'string' && id !== '' && param.toLowerCase() === id.toLowerCase();
};

const assertDeclared = (rows: ReadonlyMap<string, PermissionRow>, auth: Auth): void => {
  if (auth === 'public' || auth === 'authenticated' || rows.has(auth?.policy)) return;
  const known = [...rows.keys()].join(', ');
  throw new TypeError(
    `No permission book declares '${auth?.policy}'. Correct the route or declare it in the permissions.ts of its domain. Declared are: ${known}.`,
  );
};

/**
 * Makes the policy of the permission books of all contracts.
 * @throws a `TypeError` when two books disagree about a permission.
 */
export const createPolicy = (books: readonly PermissionCatalogue[]): Policy => {
  const rows = gatherPermissions(books);
  // By role, and not by permission: a tenant's own roles will be further sets beside these.
  const permissionsOf = new Map<string, Set<string>>();
  for (const { permission, roles } of rows.values()) {
    for (const role of roles) permissionsOf.set(role, (permissionsOf.get(role) ?? new Set()).add(permission));
  }

  const grants = (roles: readonly string[], permission: string): boolean => {
    for (const role of roles) if (permissionsOf.get(role)?.has(permission)) return true;
    return false;
  };
  const allows: Policy['allows'] = (principal, auth, params) => {
    if (auth === 'public') return true;
    if (principal.kind === 'anonymous') return false;
    if (auth === 'authenticated') return true;
    return grants(principal.roles, auth.policy) || isSelf(principal, auth.orSelf, params);
  };

  return {
    allows,
    explain: (principal, auth, params) => {
      const row = typeof auth === 'string' ? undefined : rows.get(auth.policy);
      return explain({ principal, auth, row, allowed: allows(principal, auth, params) });
    },
    missing: (principal, auth, params) =>
      typeof auth === 'string' || principal.kind === 'anonymous' || allows(principal, auth, params)
        ? undefined
        : auth.policy,
    assertKnown: (auth) => assertDeclared(rows, auth),
    matrix: () => [...rows.values()],
  };
};
