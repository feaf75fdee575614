import { defineRoute } from '@plinth/contract-kit';
import { User, UserParams } from '@plinth/dtos/users';
import { userExample } from './examples.ts';

export const getUser = defineRoute({
  method: 'GET',
  path: '/v1/users/:id',
  summary: 'Get a person',
  auth: { policy: 'users:read', orSelf: 'id' },
  params: UserParams,
  responses: { 200: User },
  examples: { response: userExample },
});
