import { defineRoute } from '@plinth/contract-kit';
import { ChangeRole, User, UserParams } from '@plinth/dtos/users';
import { usersErrors } from '@plinth/errors/users';
import { userExample } from './examples.ts';

export const changeRole = defineRoute({
  method: 'PUT',
  path: '/v1/users/:id/role',
  summary: 'Change the role of a person',
  description: 'Tokens that were issued for the role before are refused; the same role again changes nothing.',
  auth: { policy: 'users:write' },
  params: UserParams,
  body: ChangeRole,
  responses: { 200: User },
  errors: [usersErrors.lastOwner, usersErrors.ownersChanged, usersErrors.ownRole],
  examples: { body: { role: 'viewer' }, response: { ...userExample, version: 2, role: 'viewer' } },
});
