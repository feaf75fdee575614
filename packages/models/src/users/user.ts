import { Email, Role, type User, UserName } from '@plinth/dtos/users';
import { defineCollection, Entity, pii, toIso } from '@plinth/kernel';
import { z } from 'zod';

/** A person of one organization as stored. Clients see `User`, which `toUser` makes. */
export const UserDocument = Entity.extend({
  name: UserName,
  email: Email,
  emailKey: pii(
    z
      .string()
      .max(254)
      .regex(/^[^A-Z]+$/),
  ).describe('The address in lower case: what makes it unique.'),
  role: Role,
});
export type UserDocument = z.infer<typeof UserDocument>;

export const users = defineCollection('users', UserDocument, {
  tenancy: 'tenant',
  indexes: {
    byAge: { fields: ['createdAt', '_id'] },
    byName: { fields: ['name', '_id'] },
    byRole: { fields: ['role', 'createdAt', '_id'] },
    byEmail: { fields: ['emailKey'], unique: 'email-taken' },
  },
});

/** The form of an address in which two spellings of it are equal. */
export const toEmailKey = (email: string): string => email.toLowerCase();

export const toUser = (user: UserDocument): User => ({
  id: user._id,
  version: user.version,
  name: user.name,
  email: user.email,
  role: user.role,
  createdAt: toIso(user.createdAt),
  updatedAt: toIso(user.updatedAt),
});
