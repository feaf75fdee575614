import { builtInRoles, definePage, Id, pii, SingleLineText } from '@plinth/contract-kit';
import { z } from 'zod';

export const UserId = Id.meta({ id: 'UserId', description: 'The id of a user of one organization.' });

// RFC 5321 without quoted names and address literals: atoms, then the labels of a domain, the last of which is not a number.
const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const address = new RegExp(`^(?=[^@]{1,64}@)${atom}(?:\\.${atom})*@(?:${label}\\.)+(?![0-9]+$)${label}$`);

export const Email = pii(
  z
    .string()
    .max(254, { abort: true })
    .check(z.email({ pattern: address, error: 'must be an e-mail address such as ada@acme.example', abort: true })),
).meta({
  id: 'Email',
  description: 'An e-mail address. It is returned as sent; addresses that differ in case only are the same.',
});

export const UserName = pii(SingleLineText.max(200)).meta({ id: 'UserName', description: 'A single line of text.' });

export const Role = z.enum(builtInRoles).meta({ id: 'Role', description: 'Decides the permissions of the user.' });

export const UserStatus = z
  .enum(['active', 'suspended'])
  .meta({ id: 'UserStatus', description: 'A suspended user cannot use the organization.' });

const example = {
  id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d',
  version: 1,
  name: 'Ada Lovelace',
  email: 'ada@acme.example',
  role: 'member',
  status: 'active',
  createdAt: '2026-01-31T09:30:00.000Z',
  updatedAt: '2026-01-31T09:30:00.000Z',
};

export const User = z
  .object({
    id: UserId,
    version: z.int().min(1).describe('Grows with each change.'),
    name: UserName,
    email: Email,
    role: Role,
    status: UserStatus,
    createdAt: z.iso.datetime().describe('The time at which the user was created.'),
    updatedAt: z.iso.datetime().describe('The time at which the user was last changed.'),
  })
  .meta({ id: 'User', examples: [example] });
export type User = z.infer<typeof User>;

export const UserPage = definePage(User);
