import { commonErrors } from '@plinth/contract-kit';
import { usersErrors } from '@plinth/errors/users';
import { describe, expect, it } from 'vitest';
import { usersContract } from './users-contract.ts';

const { routes, permissions } = usersContract;

describe('who may do what with users', () => {
  it('lets everybody of the organization see people, and only owners add, change and remove them', () => {
    expect(permissions).toMatchObject({
      'users:read': { roles: ['owner', 'member', 'viewer'] },
      'users:write': { roles: ['owner'] },
    });
    const { createUser, changeRole, deleteUser, restoreUser, suspendUser, reactivateUser } = routes;
    for (const { auth } of [createUser, changeRole, deleteUser, restoreUser, suspendUser, reactivateUser]) {
      expect(auth).toEqual({ policy: 'users:write' });
    }
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
  for (const { errors } of [routes.createUser, routes.updateUser, routes.restoreUser]) {
    expect(errors).toContain(usersErrors.emailTaken);
  }
});

it('declares that the last owner stays where an owner can be taken away', () => {
  for (const { errors } of [routes.changeRole, routes.deleteUser, routes.suspendUser]) {
    expect(errors).toContain(usersErrors.lastOwner);
  }
});

it('declares that owners may have changed where one can be added', () => {
  for (const { errors } of [routes.createUser, routes.changeRole, routes.restoreUser, routes.reactivateUser]) {
    expect(errors).toContain(usersErrors.ownersChanged);
  }
});

it('declares a conflict where a change is not told which version it is meant for', () => {
  for (const { errors } of [routes.restoreUser, routes.suspendUser, routes.reactivateUser]) {
    expect(errors).toContain(commonErrors.conflict);
  }
});
