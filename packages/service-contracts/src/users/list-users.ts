import { defineRoute } from '@plinth/contract-kit';
import { ListUsersQuery, UserPage } from '@plinth/dtos/users';
import { userExample } from './examples.ts';

export const listUsers = defineRoute({
  method: 'GET',
  path: '/v1/users',
  summary: 'List the people of the organization',
  auth: { policy: 'users:read' },
  query: ListUsersQuery,
  responses: { 200: UserPage },
  examples: { response: { items: [userExample], nextCursor: null } },
});
