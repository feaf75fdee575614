import { expect, it } from 'vitest';
import { usersErrors } from './index.ts';

it('answers 409 to an address that is taken, by the code that the unique index names', () => {
  expect(usersErrors.emailTaken()).toMatchObject({ status: 409, code: 'email-taken', data: undefined });
});
