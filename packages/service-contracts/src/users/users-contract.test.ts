import { usersErrors } from '@plinth/errors/users';
import { describe, expect, it } from 'vitest';
import { usersContract } from './users-contract.ts';

const { routes, permissions } = usersContract;

describe('who may do what with users', () => {
  it('lets everybody of the organization see people, and only owners add them', () => {
    expect(permissions).toMatchObject({
      'users:read': { roles: ['owner', 'member', 'viewer'] },
      'users:write': { roles: ['owner'] },
    });
    expect(routes.createUser.auth).toEqual({ policy: 'users:write' });
    expect(routes.listUsers.auth).toEqual({ policy: 'users:read' });
  });

  it('shows everybody themselves, without a permission', () => {
    expect(routes.getMe.auth).toBe('authenticated');
    expect(routes.getUser.auth).toEqual({ policy: 'users:read', orSelf: 'id' });
  });

  it('has no public route', () => {
    expect(Object.values(routes).filter(({ auth }) => (auth as string) === 'public')).toEqual([]);
  });
});

it('declares that an address may be taken where one is written', () => {
  expect(routes.createUser.errors).toEqual([usersErrors.emailTaken]);
});
