import { defineErrors } from '@plinth/kernel';

export const usersErrors = defineErrors('users', {
  emailTaken: {
    status: 409,
    title: 'A person with this e-mail address exists already.',
    fix: 'Use another address, or find the person with `GET /v1/users?email=…`.',
  },
});
