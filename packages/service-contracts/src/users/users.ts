import {
  builtInRoles,
  commonErrors,
  defineContract,
  defineEvents,
  definePermissions,
  defineRoute,
  NoContent,
} from '@plinth/contract-kit';
import {
  ChangeRole,
  CreateUser,
  ListUsersQuery,
  Role,
  RoleId,
  UpdateUser,
  User,
  UserId,
  UserPage,
  UserParams,
} from '@plinth/dtos/users';
import { usersErrors } from './errors.ts';

export const usersPermissions = definePermissions('users', {
  'users:read': { title: 'View users', roles: [...builtInRoles] },
  'users:export': { title: 'Export all users', roles: ['owner', 'admin'] },
  'users:erase': { title: 'Erase deleted users', roles: ['owner'] },
  'users:write': { title: 'Create, change and delete users', roles: ['owner', 'admin'] },
});

export const usersEvents = defineEvents('users', {
  aggregate: { userId: UserId },
  events: {
    userCreated: { role: Role, roleId: RoleId.optional() },
    /** The name or the e-mail address was changed. */
    userUpdated: {},
    userDeleted: {},
    /** The user was restored, with the role and status from before the deletion. */
    userRestored: {},
    /** The personal data of a deleted user no longer exists. */
    userErased: {},
    userSuspended: {},
    userReactivated: {},
    /** The ids are those of custom roles. */
    userRoleChanged: {
      role: Role,
      roleId: RoleId.optional(),
      previousRole: Role,
      previousRoleId: RoleId.optional(),
    },
  },
});

const { alreadySuspended, emailTaken, lastOwner, notRemoved, notSuspended, ownersChanged, ownRole, roleMissing } =
  usersErrors;

/** Room for every valid body, even where each character is written as an escape sequence. */
const bodyBytesMax = 8 * 1024;

const read = { policy: 'users:read' } as const;
const write = { policy: 'users:write' } as const;
const user = { params: UserParams, responses: { 200: User } } as const;

export const usersContract = defineContract('users', {
  permissions: usersPermissions,
  routes: {
    createUser: defineRoute({
      method: 'POST',
      path: '/v1/users',
      summary: 'Create a user',
      description: 'The new user is active. E-mail addresses are unique in an organization, regardless of case.',
      auth: write,
      idempotency: 'optional',
      body: CreateUser,
      bodyBytesMax,
      responses: { 201: User },
      errors: [emailTaken, ownersChanged, roleMissing],
    }),
    listUsers: defineRoute({
      method: 'GET',
      path: '/v1/users',
      summary: 'List users',
      description: 'Includes suspended users and no deleted ones. Names are sorted without case and accents.',
      auth: read,
      query: ListUsersQuery,
      responses: { 200: UserPage },
    }),
    exportUsers: defineRoute({
      method: 'GET',
      path: '/v1/users/export',
      summary: 'Export all users',
      description: 'One user a line, the oldest first. Changes during the export may be missing from it.',
      auth: { policy: 'users:export' },
      stream: 'ndjson',
      limit: 'sensitive',
      responses: { 200: User },
    }),
    getMe: defineRoute({
      method: 'GET',
      path: '/v1/users/me',
      summary: 'Get your own profile',
      description: 'Returns the user of the token.',
      auth: 'authenticated',
      responses: { 200: User },
      errors: [commonErrors.notFound],
    }),
    getUser: defineRoute({
      method: 'GET',
      path: '/v1/users/:id',
      summary: 'Get a user',
      description: 'The user may be suspended. A deleted user is not found.',
      auth: { ...read, orSelf: 'id' },
      ...user,
    }),
    updateUser: defineRoute({
      method: 'PATCH',
      path: '/v1/users/:id',
      summary: 'Update the name or the e-mail address of a user',
      description: 'A patch that changes nothing keeps the version.',
      auth: { ...write, orSelf: 'id' },
      ...user,
      body: UpdateUser,
      bodyBytesMax,
      errors: [emailTaken],
    }),
    deleteUser: defineRoute({
      method: 'DELETE',
      path: '/v1/users/:id',
      summary: 'Delete a user',
      description: 'Refuses their tokens and frees the e-mail address. `POST /v1/users/{id}/restoration` undoes it.',
      auth: write,
      params: UserParams,
      responses: { 204: NoContent },
      errors: [lastOwner],
    }),
    changeRole: defineRoute({
      method: 'PUT',
      path: '/v1/users/:id/role',
      summary: 'Change the role of a user',
      description: 'Tokens with the previous role are refused. The role that the user already has changes nothing.',
      auth: write,
      ...user,
      body: ChangeRole,
      bodyBytesMax,
      errors: [lastOwner, ownersChanged, ownRole, roleMissing],
    }),
    suspendUser: defineRoute({
      method: 'POST',
      path: '/v1/users/:id/suspension',
      summary: 'Suspend a user',
      description: 'Lists still include the user. Tokens are refused. `POST /v1/users/{id}/reactivation` undoes it.',
      auth: write,
      idempotency: 'optional',
      ...user,
      errors: [alreadySuspended, lastOwner, commonErrors.conflict],
    }),
    reactivateUser: defineRoute({
      method: 'POST',
      path: '/v1/users/:id/reactivation',
      summary: 'Reactivate a suspended user',
      description: 'The user can use the organization again, with the same role and new tokens.',
      auth: write,
      idempotency: 'optional',
      ...user,
      errors: [notSuspended, ownersChanged, commonErrors.conflict],
    }),
    restoreUser: defineRoute({
      method: 'POST',
      path: '/v1/users/:id/restoration',
      summary: 'Restore a deleted user',
      description: 'Role and status are as before. Fails when another user has taken the e-mail address.',
      auth: write,
      idempotency: 'optional',
      ...user,
      errors: [notRemoved, emailTaken, ownersChanged, roleMissing, commonErrors.conflict],
    }),
    eraseUser: defineRoute({
      method: 'POST',
      path: '/v1/users/:id/erasure',
      summary: 'Erase a deleted user for good',
      description: 'Nothing undoes it. Without it, a deleted user is erased after 30 days.',
      auth: { policy: 'users:erase' },
      idempotency: 'optional',
      params: UserParams,
      responses: { 204: NoContent },
      errors: [notRemoved, commonErrors.conflict],
    }),
  },
});
