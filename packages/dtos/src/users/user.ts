import { builtInRoles, definePage, Id, pii, toMergePatch, WellFormed } from '@plinth/contract-kit';
import { z } from 'zod';

export const UserId = Id.describe('The id of a person inside one organization.');

/** What SMTP and DNS carry: so much before the `@`, and labels behind it that are not too long and end with no hyphen. */
const deliverable = /^[^@]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/;

export const Email = pii(
  z
    .email({ abort: true })
    .max(254)
    .refine((address) => deliverable.test(address), 'must be an address that mail can be sent to')
    .describe('An e-mail address; upper and lower case are the same address.'),
);

export const UserName = pii(
  WellFormed.max(200).regex(/\S/, 'must have a visible character').describe('What the person is called.'),
);

export const Role = z
  .enum(builtInRoles)
  .meta({ id: 'Role', description: 'What the person may do in the organization.' });
export type Role = z.infer<typeof Role>;

export const UserStatus = z
  .enum(['active', 'suspended'])
  .meta({ id: 'UserStatus', description: 'Whether the person may use the organization: who is suspended may not.' });
export type UserStatus = z.infer<typeof UserStatus>;

export const User = z
  .object({
    id: UserId,
    version: z.int().min(1).describe('Grows with each change.'),
    name: UserName,
    email: Email,
    role: Role,
    status: UserStatus,
    createdAt: z.iso.datetime().describe('When the person was added.'),
    updatedAt: z.iso.datetime().describe('When the person was last changed.'),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

export const CreateUser = z.object({ name: UserName, email: Email, role: Role }).meta({ id: 'CreateUser' });
export type CreateUser = z.infer<typeof CreateUser>;

/** A merge patch of a person's own data; roles are changed elsewhere. */
export const UpdateUser = toMergePatch(z.object({ name: UserName, email: Email })).meta({ id: 'UpdateUser' });
export type UpdateUser = z.infer<typeof UpdateUser>;

export const ChangeRole = z.object({ role: Role }).meta({ id: 'ChangeRole' });
export type ChangeRole = z.infer<typeof ChangeRole>;

export const UserParams = z.object({ id: UserId });

export const UserPage = definePage(User).register(z.globalRegistry, { id: 'UserPage' });
export type UserPage = z.infer<typeof UserPage>;
