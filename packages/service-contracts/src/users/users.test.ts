import { commonErrors } from '@plinth/contract-kit';
import { expect, it } from 'vitest';
import { usersErrors } from './errors.ts';
import { usersContract } from './users.ts';

const { routes, permissions } = usersContract;
type Operation = keyof typeof routes;

it('lets every role view users, and only owners export and change them', () => {
  expect(Object.entries(permissions).map(([name, { roles }]) => [name, roles])).toEqual([
    ['users:read', ['owner', 'member', 'viewer']],
    ['users:export', ['owner']],
    ['users:erase', ['owner']],
    ['users:write', ['owner']],
  ]);
});

it('requires the permission of each operation; users need none for their own data', () => {
  const write = { policy: 'users:write' };
  expect(Object.fromEntries(Object.entries(routes).map(([operation, { auth }]) => [operation, auth]))).toEqual({
    createUser: write,
    listUsers: { policy: 'users:read' },
    exportUsers: { policy: 'users:export' },
    getMe: 'authenticated',
    getUser: { policy: 'users:read', orSelf: 'id' },
    updateUser: { ...write, orSelf: 'id' },
    deleteUser: write,
    changeRole: write,
    suspendUser: write,
    reactivateUser: write,
    restoreUser: write,
    eraseUser: { policy: 'users:erase' },
  });
});

it.each([
  ['an address may be taken', usersErrors.emailTaken, ['createUser', 'updateUser', 'restoreUser']],
  ['an owner may be removed', usersErrors.lastOwner, ['changeRole', 'deleteUser', 'suspendUser']],
  ['an owner may be added', usersErrors.ownersChanged, ['createUser', 'changeRole', 'restoreUser', 'reactivateUser']],
  ['there is no If-Match', commonErrors.conflict, ['restoreUser', 'eraseUser', 'suspendUser', 'reactivateUser']],
] as const)('declares the error of an operation where %s', (_, error, operations: readonly Operation[]) => {
  for (const operation of operations) expect((routes[operation] as { errors?: unknown }).errors).toContain(error);
});

it('has a stable code and status for each error: 409 for a state, 422 for a rule', () => {
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
