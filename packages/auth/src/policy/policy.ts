import { type Auth, customRole, type PermissionCatalogue } from '@plinth/contract-kit';
import { type Principal, platformTenantId } from '@plinth/data-kit';
import { type Denial, describeDenial } from './denial.ts';

type Params = Readonly<Record<string, unknown>>;

/** A principal, with the permissions of its custom role where it has one. */
type Caller = Principal & { readonly customPermissions?: readonly string[] | undefined };

/** Decides which calls are allowed. Everything else is denied. */
export type Policy = {
  /** Returns the reason of a denied call, or undefined when it is allowed. `params` are the path parameters as they were sent. */
  findDenial(principal: Caller, auth: Auth, params: Params): Denial | undefined;
  /** @throws a `TypeError`, at start, for a route whose permission no catalogue declares. */
  assertDeclared(auth: Auth): void;
};

const toHoldersByPermission = (catalogues: readonly PermissionCatalogue[]): ReadonlyMap<string, readonly string[]> => {
  const holders = new Map<string, readonly string[]>();
  // The contracts of one domain share its catalogue.
  for (const [name, { roles }] of [...new Set(catalogues)].flatMap((catalogue) => Object.entries(catalogue))) {
    if (holders.has(name)) {
      throw new TypeError(`The permission '${name}' is declared twice. Keep one declaration and share its catalogue.`);
    }
    holders.set(name, roles);
  }
  return holders;
};

/** True when the path parameter that `orSelf` names is the caller's own id. Ids are accepted in any case. */
const isSelf = ({ id }: Principal, orSelf: string | undefined, params: Params): boolean => {
  const param = orSelf === undefined ? undefined : params[orSelf];
  return typeof param === 'string' && id !== '' && param.toLowerCase() === id.toLowerCase();
};

/**
 * Creates the policy of the permission catalogues of all contracts.
 * @throws a `TypeError` when two catalogues declare the same permission.
 */
export const createPolicy = (catalogues: readonly PermissionCatalogue[]): Policy => {
  const holdersByPermission = toHoldersByPermission(catalogues);

  const isAllowed = (principal: Caller, auth: Auth, params: Params): boolean => {
    if (auth === 'public') return true;
    if (principal.kind === 'anonymous') return false;
    if (auth === 'identity') return principal.identityId !== undefined;
    // An identity without an organization is no user, whatever the token says.
    if (principal.tenantId === platformTenantId) return false;
    if (auth === 'authenticated') return true;
    const holders = holdersByPermission.get(auth.policy) ?? [];
    const isHolder = (role: string): boolean =>
      holders.includes(role) || (role === customRole && principal.customPermissions?.includes(auth.policy) === true);
    return principal.roles.some(isHolder) || isSelf(principal, auth.orSelf, params);
  };

  return {
    findDenial: (principal, auth, params) => {
      if (isAllowed(principal, auth, params)) return undefined;
      const holders = typeof auth === 'string' ? [] : (holdersByPermission.get(auth.policy) ?? []);
      return describeDenial(principal, auth, holders);
    },
    assertDeclared: (auth) => {
      if (auth === 'public' || auth === 'identity' || auth === 'authenticated') return;
      if (holdersByPermission.has(auth?.policy)) return;
      const known = [...holdersByPermission.keys()].join(', ');
      throw new TypeError(
        `No permission catalogue declares '${auth?.policy}'. Correct the route, or declare the permission in the permissions.ts of its domain. Declared are: ${known}.`,
      );
    },
  };
};
