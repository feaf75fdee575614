import type { PermissionCatalogue, PermissionName } from '../catalogues/permissions.ts';
import type { RouteSpec } from './route-spec.ts';

export type Routes = { readonly [operationId: string]: RouteSpec };

/** The state machine of a resource, by XState. `docs/lifecycles.md` shows it as a diagram; actions decide by it which changes are legal. */
export type Lifecycle = { readonly id: string };

/** The routes of one resource. A key is the operation id, the same in every layer. */
export type Contract<R extends Routes = Routes> = {
  readonly name: string;
  readonly routes: R;
  readonly permissions: PermissionCatalogue;
  readonly lifecycle?: Lifecycle;
};

type PolicyOf<R> = R extends { readonly auth: { readonly policy: infer P extends PermissionName } } ? P : never;

type CheckPolicies<R extends Routes, B> = {
  readonly [K in keyof R]: PolicyOf<R[K]> extends keyof B
    ? unknown
    : { readonly auth: `The permission '${PolicyOf<R[K]>}' is not in the permission catalogue of this contract.` };
};

/** Collects the routes of a resource (at most about twenty) with the permissions that they need. */
export const defineContract = <const R extends Routes, const B extends PermissionCatalogue<never>>(
  name: string,
  {
    permissions,
    routes,
    lifecycle,
  }: { readonly permissions: B; readonly routes: R & CheckPolicies<R, B>; readonly lifecycle?: Lifecycle },
): Contract<R> => ({ name, routes, permissions: permissions as PermissionCatalogue, ...(lifecycle && { lifecycle }) });
