import { defineRoute } from '@plinth/contract-kit';
import { CreateUser, User } from '@plinth/dtos/users';
import { usersErrors } from '@plinth/errors/users';
import { userExample } from './examples.ts';

export const createUser = defineRoute({
  method: 'POST',
  path: '/v1/users',
  summary: 'Add a person',
  auth: { policy: 'users:write' },
  body: CreateUser,
  responses: { 201: User },
  errors: [usersErrors.emailTaken, usersErrors.ownersChanged],
  examples: { body: { name: 'Ada Lovelace', email: 'ada@acme.example', role: 'member' }, response: userExample },
});
