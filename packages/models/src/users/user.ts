import { pii } from '@plinth/contract-kit';
import { defineCollection, defineMapper, Entity } from '@plinth/data-kit';
import { Email, Role, type User, UserName, UserStatus } from '@plinth/dtos/users';
import { z } from 'zod';

/**
 * A person of one organization as stored. Clients see `User`, which `toUser` makes. Who is removed stays stored, to be
 * restored, and is shown to nobody.
 */
export const UserDocument = Entity.extend({
  name: UserName,
  email: Email,
  emailKey: pii(
    z
      .string()
      .max(254)
      .regex(/^[^A-Z]+$/),
  ).describe('What makes the address unique: the address in lower case, or of who is removed `removed:<id>`.'),
  role: Role,
  status: UserStatus,
  deleted: z.boolean().describe('Whether the person has been removed. Never absent, because no filter finds what is.'),
  deletedAt: z.date().optional().describe('When the person was removed.'),
});
export type UserDocument = z.infer<typeof UserDocument>;

export const users = defineCollection('users', UserDocument, {
  tenancy: 'tenant',
  indexes: {
    newest: { fields: ['deleted', 'createdAt', '_id'] },
    alphabetical: { fields: ['deleted', 'name', '_id'] },
    newestOfRole: { fields: ['deleted', 'role', 'createdAt', '_id'] },
    newestOfStatus: { fields: ['deleted', 'status', 'createdAt', '_id'] },
    byEmail: { fields: ['emailKey'], unique: 'email-taken' },
  },
});

/** The form of an address in which two spellings of it are equal. */
export const toEmailKey = (email: string): string => email.toLowerCase();

/** What stands in the place of that form while a person is removed. It has no @, so it is no address's, and frees theirs. */
export const toRemovedKey = (id: string): string => `removed:${id}`;

export const toUser = defineMapper<UserDocument, User>({
  id: '_id',
  version: 'version',
  name: 'name',
  email: 'email',
  role: 'role',
  status: 'status',
  createdAt: 'createdAt',
  updatedAt: 'updatedAt',
});
