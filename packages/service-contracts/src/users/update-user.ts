import { defineRoute } from '@plinth/contract-kit';
import { UpdateUser, User, UserParams } from '@plinth/dtos/users';
import { usersErrors } from '@plinth/errors/users';
import { userExample } from './examples.ts';

export const updateUser = defineRoute({
  method: 'PATCH',
  path: '/v1/users/:id',
  summary: 'Change the name or the address of a person',
  auth: { policy: 'users:write', orSelf: 'id' },
  params: UserParams,
  body: UpdateUser,
  responses: { 200: User },
  errors: [usersErrors.emailTaken],
  examples: { body: { name: 'Ada King' }, response: { ...userExample, version: 2, name: 'Ada King' } },
});
