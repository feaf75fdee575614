import { commonErrors, defineRoute } from '@plinth/contract-kit';
import { User, UserParams } from '@plinth/dtos/users';
import { usersErrors } from '@plinth/errors/users';
import { userExample } from './examples.ts';

export const restoreUser = defineRoute({
  method: 'POST',
  path: '/v1/users/:id/restoration',
  summary: 'Restore a person who was removed',
  description: 'The person comes back as they were, with their role and status, if nobody has their address meanwhile.',
  auth: { policy: 'users:write' },
  params: UserParams,
  responses: { 200: User },
  errors: [usersErrors.notRemoved, usersErrors.emailTaken, usersErrors.ownersChanged, commonErrors.conflict],
  examples: { response: { ...userExample, version: 3 } },
});
