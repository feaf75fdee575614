import { commonErrors, defineRoute } from '@plinth/contract-kit';
import { User } from '@plinth/dtos/users';
import { userExample } from './examples.ts';

export const getMe = defineRoute({
  method: 'GET',
  path: '/v1/users/me',
  summary: 'Get your own profile',
  auth: 'authenticated',
  responses: { 200: User },
  errors: [commonErrors.notFound],
  examples: { response: userExample },
});
