import {
  defineListQuery,
  definePage,
  Email,
  Id,
  IsoDate,
  pii,
  resourceExample,
  resourceFields,
  SingleLineText,
  toMergePatch,
  withRule,
} from '@plinth/contract-kit';
import { z } from 'zod';
import { Role, RoleId, roleFields, roleIdOfCustomRole } from './role.ts';

export const UserId = Id.meta({ id: 'UserId', description: 'The id of a user of one organization.' });

export { Email };

export const UserName = pii(SingleLineText.max(200)).meta({ id: 'UserName', description: 'A single line of text.' });

export const UserStatus = z
  .enum(['active', 'suspended'])
  .meta({ id: 'UserStatus', description: 'A suspended user cannot use the organization.' });

export const User = z
  .object({ id: UserId, ...resourceFields, name: UserName, email: Email, ...roleFields, status: UserStatus })
  .meta({
    id: 'User',
    examples: [
      { ...resourceExample, name: 'Ada Lovelace', email: 'ada@acme.example', role: 'member', status: 'active' },
    ],
  });
export type User = z.infer<typeof User>;

export const UserPage = definePage(User);

export const UserParams = z.object({ id: UserId });

const ownFields = { name: UserName, email: Email };

/** The fields of a user that a client edits in one form. */
export const EditUser = z.object(ownFields);

export const CreateUser = withRule(z.object({ ...ownFields, ...roleFields }), roleIdOfCustomRole).meta({
  id: 'CreateUser',
  examples: [{ name: 'Ada Lovelace', email: 'ada@acme.example', role: 'member' }],
});

/** A merge patch of a user's own data; the role is changed by a route of its own. */
export const UpdateUser = toMergePatch(EditUser).meta({
  id: 'UpdateUser',
  examples: [{ name: 'Ada King' }],
});

export const ChangeRole = withRule(z.object(roleFields), roleIdOfCustomRole).meta({
  id: 'ChangeRole',
  examples: [{ role: 'viewer' }],
});

export const ListUsersQuery = defineListQuery({
  item: User,
  filters: { role: Role, roleId: RoleId, status: UserStatus, email: Email },
  ranges: { createdAt: IsoDate },
  combinations: [
    { sort: ['-createdAt', 'createdAt', 'name', '-name'] },
    { where: ['role'], sort: ['-createdAt', 'createdAt'] },
    { where: ['roleId'], sort: ['-createdAt', 'createdAt'] },
    { where: ['status'], sort: ['-createdAt', 'createdAt'] },
    { where: ['email'], sort: ['-createdAt'] },
  ],
});
