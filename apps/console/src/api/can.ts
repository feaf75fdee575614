import { operations } from './operations.ts';

/** The part of an action by which its operation is found. */
export type Callable = { readonly route: string };

/** The user of a token. */
export type Principal = { readonly id: string; readonly tenantId: string; readonly roles: readonly string[] };

export type Can = (action: Callable, params?: Readonly<Record<string, unknown>>) => boolean;

/** Creates the check of whether a user may call an operation, by the permissions of the contracts. The API checks each call again. */
export const createCan =
  ({ id, roles }: Principal): Can =>
  ({ route }, params = {}) => {
    const operation = operations[route];
    if (!operation) return false;
    const { roles: allowed, orSelf } = operation;
    return !allowed || allowed.some((role) => roles.includes(role)) || (orSelf !== undefined && params[orSelf] === id);
  };
