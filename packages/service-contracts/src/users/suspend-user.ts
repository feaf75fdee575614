import { commonErrors, defineRoute } from '@plinth/contract-kit';
import { User, UserParams } from '@plinth/dtos/users';
import { usersErrors } from '@plinth/errors/users';
import { userExample } from './examples.ts';

export const suspendUser = defineRoute({
  method: 'POST',
  path: '/v1/users/:id/suspension',
  summary: 'Suspend a person',
  description:
    'The person stays in the organization and in its lists, and their tokens are refused. `POST /v1/users/{id}/reactivation` undoes it.',
  auth: { policy: 'users:write' },
  params: UserParams,
  responses: { 200: User },
  errors: [usersErrors.alreadySuspended, usersErrors.lastOwner, commonErrors.conflict],
  examples: { response: { ...userExample, version: 2, status: 'suspended' } },
});
