import { defineRoute, NoContent } from '@plinth/contract-kit';
import { UserParams } from '@plinth/dtos/users';
import { usersErrors } from '@plinth/errors/users';

export const deleteUser = defineRoute({
  method: 'DELETE',
  path: '/v1/users/:id',
  summary: 'Remove a person',
  description:
    'The person is in no answer any longer, their tokens are refused, and their address is free for somebody else. `POST /v1/users/{id}/restoration` undoes it.',
  auth: { policy: 'users:write' },
  params: UserParams,
  responses: { 204: NoContent },
  errors: [usersErrors.lastOwner],
});
