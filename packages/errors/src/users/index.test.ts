import { expect, it } from 'vitest';
import { usersErrors } from './index.ts';

it('answers 409 to an address that is taken, by the code that the unique index names', () => {
  expect(usersErrors.emailTaken()).toMatchObject({ status: 409, code: 'email-taken', data: undefined });
});

it('answers 409 to a second first owner, by the code that the unique index names', () => {
  expect(usersErrors.ownersChanged()).toMatchObject({ status: 409, code: 'owners-changed' });
});

it('answers 409 to what the state forbids now, and 422 to what is forbidden whatever the state', () => {
  expect(Object.values(usersErrors).map(({ spec }) => [spec.code, spec.status])).toEqual([
    ['email-taken', 409],
    ['last-owner', 409],
    ['owners-changed', 409],
    ['not-removed', 409],
    ['already-suspended', 409],
    ['not-suspended', 409],
    ['own-role', 422],
  ]);
});
