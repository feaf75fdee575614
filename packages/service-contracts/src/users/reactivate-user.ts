import { commonErrors, defineRoute } from '@plinth/contract-kit';
import { User, UserParams } from '@plinth/dtos/users';
import { usersErrors } from '@plinth/errors/users';
import { userExample } from './examples.ts';

export const reactivateUser = defineRoute({
  method: 'POST',
  path: '/v1/users/:id/reactivation',
  summary: 'Reactivate a person who was suspended',
  auth: { policy: 'users:write' },
  params: UserParams,
  responses: { 200: User },
  errors: [usersErrors.notSuspended, usersErrors.ownersChanged, commonErrors.conflict],
  examples: { response: { ...userExample, version: 3 } },
});
