import {
  builtInRoles,
  customRole,
  defineListQuery,
  definePage,
  Id,
  type Rule,
  resourceExample,
  resourceFields,
  SingleLineText,
  toMergePatch,
} from '@plinth/contract-kit';
import { z } from 'zod';

export const Role = z.enum([...builtInRoles, customRole]).meta({
  id: 'Role',
  description: 'Decides the permissions of the user. `custom` is a role of your own, which `roleId` names.',
});

export const RoleId = Id.meta({ id: 'RoleId', description: 'The id of a custom role.' });

/** The fields that a user, and an input for one, has about the role. */
export const roleFields = {
  role: Role,
  roleId: RoleId.optional().describe('The custom role, where `role` is `custom`.'),
};

/** A custom role is named by its id, and no other role is. */
export const roleIdOfCustomRole: Rule<{ role: z.infer<typeof Role>; roleId?: string | undefined }> = {
  field: 'roleId',
  code: 'role-id-of-custom-role',
  message: `must be present if \`role\` is \`${customRole}\`, and absent otherwise`,
  holds: ({ role, roleId }) => (role === customRole) === (roleId !== undefined),
  repair: ({ roleId }) => ({ role: roleId === undefined ? 'member' : customRole }),
};

export const RoleName = SingleLineText.max(100).meta({
  id: 'RoleName',
  description: 'A single line of text. Names that differ in case only are the same.',
});

/** The most permissions that a role can have. */
const permissionsMax = 200;

const Permission = z
  .string()
  .max(100)
  .regex(/^[a-z][a-z-]*:[a-z][a-z-]*$/, 'must be a permission such as orders:read');

export const RolePermissions = z
  .array(Permission)
  .min(1)
  .max(permissionsMax)
  .describe('Names of `GET /v1/permissions`. They are returned sorted, and each once.');

const fields = { name: RoleName, permissions: RolePermissions };
const example = { name: 'Support', permissions: ['orders:read', 'users:read'] };

export const CustomRole = z
  .object({ id: RoleId, ...resourceFields, ...fields })
  .meta({ id: 'CustomRole', examples: [{ ...resourceExample, ...example }] });
export type CustomRole = z.infer<typeof CustomRole>;

export const CustomRolePage = definePage(CustomRole);

export const RoleParams = z.object({ id: RoleId });

export const CreateRole = z.object(fields).meta({ id: 'CreateRole', examples: [example] });

export const UpdateRole = toMergePatch(z.object(fields)).meta({
  id: 'UpdateRole',
  examples: [{ permissions: ['orders:read'] }],
});

export const ListRolesQuery = defineListQuery({
  item: CustomRole,
  filters: {},
  ranges: {},
  combinations: [{ sort: ['name', '-name'] }],
});

export const Permissions = z
  .object({
    permissions: z.array(
      z.object({
        name: z.string(),
        title: z.string().describe('A sentence without its full stop, to show to users.'),
        roles: z.array(z.enum(builtInRoles)).describe('The built-in roles that have it.'),
      }),
    ),
  })
  .meta({
    id: 'Permissions',
    examples: [{ permissions: [{ name: 'audit:read', title: 'View the audit events', roles: ['owner', 'admin'] }] }],
  });
