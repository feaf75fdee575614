import { defineRoute } from '@plinth/contract-kit';
import { User } from '@plinth/dtos/users';
import { userExample } from './examples.ts';

export const exportUsers = defineRoute({
  method: 'GET',
  path: '/v1/users/export',
  summary: 'Export the people of the organization',
  description:
    'One person a line, in the order of their adding. A person who is changed meanwhile may appear as before.',
  auth: { policy: 'users:export' },
  stream: 'ndjson',
  responses: { 200: User },
  examples: { response: userExample },
});
