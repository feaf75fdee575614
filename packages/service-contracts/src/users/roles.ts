import {
  builtInRoles,
  defineContract,
  defineEvents,
  definePermissions,
  defineRoute,
  NoContent,
} from '@plinth/contract-kit';
import {
  CreateRole,
  CustomRole,
  CustomRolePage,
  ListRolesQuery,
  Permissions,
  RoleId,
  RoleParams,
  UpdateRole,
} from '@plinth/dtos/users';
import { usersErrors } from './errors.ts';

export const rolesPermissions = definePermissions('roles', {
  'roles:read': { title: 'View custom roles and permissions', roles: [...builtInRoles] },
  'roles:write': { title: 'Create, change and delete custom roles', roles: ['owner', 'admin'] },
});

export const rolesEvents = defineEvents('roles', {
  aggregate: { roleId: RoleId },
  events: {
    roleCreated: {},
    /** The name or the permissions were changed. */
    roleUpdated: {},
    roleDeleted: {},
  },
});

const { roleInUse, roleNameTaken, unknownPermissions } = usersErrors;

/** Room for every valid body, even where each character is written as an escape sequence. */
const bodyBytesMax = 128 * 1024;

const read = { policy: 'roles:read' } as const;
const write = { policy: 'roles:write' } as const;
const role = { params: RoleParams, responses: { 200: CustomRole } } as const;

export const rolesContract = defineContract('roles', {
  permissions: rolesPermissions,
  routes: {
    listPermissions: defineRoute({
      method: 'GET',
      path: '/v1/permissions',
      summary: 'List all permissions',
      description:
        'The permissions that a custom role can have, sorted by name, with the built-in roles that have them.',
      auth: read,
      responses: { 200: Permissions },
    }),
    createRole: defineRoute({
      method: 'POST',
      path: '/v1/roles',
      summary: 'Create a custom role',
      description:
        'Only with permissions that you have yourself. Names are unique in an organization, regardless of case.',
      auth: write,
      idempotency: 'optional',
      body: CreateRole,
      bodyBytesMax,
      responses: { 201: CustomRole },
      errors: [roleNameTaken, unknownPermissions],
    }),
    listRoles: defineRoute({
      method: 'GET',
      path: '/v1/roles',
      summary: 'List custom roles',
      description: 'Names are sorted without case. The built-in roles are not listed.',
      auth: read,
      query: ListRolesQuery,
      responses: { 200: CustomRolePage },
    }),
    getRole: defineRoute({
      method: 'GET',
      path: '/v1/roles/:id',
      summary: 'Get a custom role',
      description: 'Returns its name and its permissions.',
      auth: read,
      ...role,
    }),
    updateRole: defineRoute({
      method: 'PATCH',
      path: '/v1/roles/:id',
      summary: 'Update a custom role',
      description:
        'Its users have the new permissions within a second. Needs the permissions that the role has before and after it.',
      auth: write,
      ...role,
      body: UpdateRole,
      bodyBytesMax,
      errors: [roleNameTaken, unknownPermissions],
    }),
    deleteRole: defineRoute({
      method: 'DELETE',
      path: '/v1/roles/:id',
      summary: 'Delete a custom role',
      description: 'Only while no user has it. Needs the permissions that it has.',
      auth: write,
      params: RoleParams,
      responses: { 204: NoContent },
      errors: [roleInUse],
    }),
  },
});
