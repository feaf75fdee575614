// Generated from the contracts by `npm run build`. Run it when this file does not compile.
import type { rolesContract, usersContract } from '@plinth/service-contracts/users';
import { createAction, type RouteOf, readLines } from '../core/index.ts';

/** Create a user. The new user is active. E-mail addresses are unique in an organization, regardless of case. */
export const createUser = /* @__PURE__ */ createAction<RouteOf<typeof usersContract, 'createUser'>>({ name: 'POST /v1/users', domain: 'users' });

/** List users. Includes suspended users and no deleted ones. Names are sorted without case and accents. */
export const listUsers = /* @__PURE__ */ createAction<RouteOf<typeof usersContract, 'listUsers'>>({ name: 'GET /v1/users', domain: 'users' });

/** Export all users. One user a line, the oldest first. Changes during the export may be missing from it. */
export const exportUsers = /* @__PURE__ */ createAction<RouteOf<typeof usersContract, 'exportUsers'>>({ name: 'GET /v1/users/export', domain: 'users', readItems: readLines });

/** Get your own profile. Returns the user of the token. */
export const getMe = /* @__PURE__ */ createAction<RouteOf<typeof usersContract, 'getMe'>>({ name: 'GET /v1/users/me', domain: 'users' });

/** Get a user. The user may be suspended. A deleted user is not found. */
export const getUser = /* @__PURE__ */ createAction<RouteOf<typeof usersContract, 'getUser'>>({ name: 'GET /v1/users/:id', domain: 'users' });

/** Update the name or the e-mail address of a user. A patch that changes nothing keeps the version. */
export const updateUser = /* @__PURE__ */ createAction<RouteOf<typeof usersContract, 'updateUser'>>({ name: 'PATCH /v1/users/:id', domain: 'users' });

/** Delete a user. Refuses their tokens and frees the e-mail address. `POST /v1/users/{id}/restoration` undoes it. */
export const deleteUser = /* @__PURE__ */ createAction<RouteOf<typeof usersContract, 'deleteUser'>>({ name: 'DELETE /v1/users/:id', domain: 'users' });

/** Change the role of a user. Tokens with the previous role are refused. The role that the user already has changes nothing. */
export const changeRole = /* @__PURE__ */ createAction<RouteOf<typeof usersContract, 'changeRole'>>({ name: 'PUT /v1/users/:id/role', domain: 'users' });

/** Suspend a user. Lists still include the user. Tokens are refused. `POST /v1/users/{id}/reactivation` undoes it. */
export const suspendUser = /* @__PURE__ */ createAction<RouteOf<typeof usersContract, 'suspendUser'>>({ name: 'POST /v1/users/:id/suspension', domain: 'users' });

/** Reactivate a suspended user. The user can use the organization again, with the same role and new tokens. */
export const reactivateUser = /* @__PURE__ */ createAction<RouteOf<typeof usersContract, 'reactivateUser'>>({ name: 'POST /v1/users/:id/reactivation', domain: 'users' });

/** Restore a deleted user. Role and status are as before. Fails when another user has taken the e-mail address. */
export const restoreUser = /* @__PURE__ */ createAction<RouteOf<typeof usersContract, 'restoreUser'>>({ name: 'POST /v1/users/:id/restoration', domain: 'users' });

/** Erase a deleted user for good. Nothing undoes it. Without it, a deleted user is erased after 30 days. */
export const eraseUser = /* @__PURE__ */ createAction<RouteOf<typeof usersContract, 'eraseUser'>>({ name: 'POST /v1/users/:id/erasure', domain: 'users' });

/** List all permissions. The permissions that a custom role can have, sorted by name, with the built-in roles that have them. */
export const listPermissions = /* @__PURE__ */ createAction<RouteOf<typeof rolesContract, 'listPermissions'>>({ name: 'GET /v1/permissions', domain: 'users' });

/** Create a custom role. Only with permissions that you have yourself. Names are unique in an organization, regardless of case. */
export const createRole = /* @__PURE__ */ createAction<RouteOf<typeof rolesContract, 'createRole'>>({ name: 'POST /v1/roles', domain: 'users' });

/** List custom roles. Names are sorted without case. The built-in roles are not listed. */
export const listRoles = /* @__PURE__ */ createAction<RouteOf<typeof rolesContract, 'listRoles'>>({ name: 'GET /v1/roles', domain: 'users' });

/** Get a custom role. Returns its name and its permissions. */
export const getRole = /* @__PURE__ */ createAction<RouteOf<typeof rolesContract, 'getRole'>>({ name: 'GET /v1/roles/:id', domain: 'users' });

/** Update a custom role. Its users have the new permissions within a second. Needs the permissions that the role has before and after it. */
export const updateRole = /* @__PURE__ */ createAction<RouteOf<typeof rolesContract, 'updateRole'>>({ name: 'PATCH /v1/roles/:id', domain: 'users' });

/** Delete a custom role. Only while no user has it. Needs the permissions that it has. */
export const deleteRole = /* @__PURE__ */ createAction<RouteOf<typeof rolesContract, 'deleteRole'>>({ name: 'DELETE /v1/roles/:id', domain: 'users' });
