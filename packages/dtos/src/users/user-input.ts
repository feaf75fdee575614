import { defineListQuery, IsoDate, toMergePatch } from '@plinth/contract-kit';
import { z } from 'zod';
import { Email, Role, User, UserId, UserName, UserStatus } from './user.ts';

export const UserParams = z.object({ id: UserId });

export const CreateUser = z
  .object({ name: UserName, email: Email, role: Role })
  .meta({ id: 'CreateUser', examples: [{ name: 'Ada Lovelace', email: 'ada@acme.example', role: 'member' }] });

/** A merge patch of a user's own data; the role is changed by a route of its own. */
export const UpdateUser = toMergePatch(z.object({ name: UserName, email: Email })).meta({
  id: 'UpdateUser',
  examples: [{ name: 'Ada King' }],
});

export const ChangeRole = z.object({ role: Role }).meta({ id: 'ChangeRole', examples: [{ role: 'viewer' }] });

export const ListUsersQuery = defineListQuery({
  item: User,
  filters: { role: Role, status: UserStatus, email: Email },
  ranges: { createdAt: IsoDate },
  combinations: [
    { sort: ['-createdAt', 'createdAt', 'name', '-name'] },
    { where: ['role'], sort: ['-createdAt', 'createdAt'] },
    { where: ['status'], sort: ['-createdAt', 'createdAt'] },
    { where: ['email'], sort: ['-createdAt'] },
  ],
});
