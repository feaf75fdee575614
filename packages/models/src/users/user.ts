import { pii, withRule } from '@plinth/contract-kit';
import { defineCollection, defineMapper, Entity, entityFields, sortKeyMax, toSortKey } from '@plinth/data-kit';
import { Email, roleFields, roleIdOfCustomRole, type User, UserName, UserStatus } from '@plinth/dtos/users';
import { z } from 'zod';
import { roles } from './role.ts';

/** A user of one organization as stored. Clients receive `User`, which `toUser` returns. */
export const UserDocument = withRule(
  Entity.extend({ name: UserName, email: Email, ...roleFields, status: UserStatus }),
  roleIdOfCustomRole,
);
export type UserDocument = z.infer<typeof UserDocument>;

export const users = defineCollection('users', UserDocument, {
  tenancy: 'tenant',
  softDelete: true,
  purgeAfterDays: 30,
  compareBy: {
    email: { schema: pii(z.string().min(1).max(254).lowercase()), toKey: (email) => email.toLowerCase() },
    name: { schema: pii(z.string().max(sortKeyMax)), toKey: toSortKey },
  },
  indexes: {
    newest: { fields: ['createdAt', '_id'] },
    inNameOrder: { fields: ['name', '_id'] },
    newestOfRole: { fields: ['role', 'createdAt', '_id'] },
    newestOfCustomRole: { fields: ['roleId', 'createdAt', '_id'] },
    newestOfStatus: { fields: ['status', 'createdAt', '_id'] },
    byEmail: { fields: ['email'], unique: 'email-taken' },
  },
  references: { roleId: { to: roles, missing: 'role-missing', used: 'role-in-use' } },
});

export const toUser = defineMapper<UserDocument, User>({
  ...entityFields,
  name: 'name',
  email: 'email',
  role: 'role',
  roleId: 'roleId',
  status: 'status',
});
