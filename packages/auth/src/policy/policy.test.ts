import { type Auth, type PermissionCatalogue } from '@plinth/contract-kit';
import { anonymous, type Principal, platformTenantId } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { isAllowed, policy, withRoles, write, writeSelf } from '../../test/policy.ts';
import { subject } from '../../test/tokens.ts';
import { createPolicy } from '../index.ts';

describe('roles', () => {
  it.each([
    ['owner', [true, true, false, true]],
    ['member', [true, false, false, true]],
    ['viewer', [true, false, false, false]],
  ])('%s has the permissions of the catalogues, and no others', (role, expected) => {
    const permissions = ['users:read', 'users:write', 'users:erase', 'orders:ship'] as const;
    expect(permissions.map((permission) => isAllowed(withRoles(role), { policy: permission }))).toEqual(expected);
  });

  it.each(['Owner', 'owner ', 'root', 'constructor', '__proto__', 'toString', 'users:write', '*', ''])(
    'the unknown role %j grants nothing',
    (role) => {
      expect(isAllowed(withRoles(role), write)).toBe(false);
    },
  );

  it.each(['constructor', '__proto__', 'users:', 'users:*', '*', 'users:write ', 'users'])(
    'no role grants %j, which no catalogue declares',
    (name) => {
      expect(isAllowed(withRoles('owner', 'constructor', '__proto__'), { policy: name } as Auth)).toBe(false);
    },
  );

  it('grant nothing to an anonymous caller', () => {
    const privileged: Principal = { ...anonymous, roles: ['owner'] };
    expect([isAllowed(privileged, write), isAllowed(privileged, 'authenticated')]).toEqual([false, false]);
  });
});

describe('a custom role', () => {
  const withCustom = (...customPermissions: string[]) => ({ ...withRoles('custom'), customPermissions });

  it('has the permissions that the organization gave it, and no others', () => {
    expect(policy.findDenial(withCustom('users:write'), write, {})).toBeUndefined();
    expect(policy.findDenial(withCustom('users:read', 'users:writ', '*'), write, {})?.permission).toBe('users:write');
  });

  it('integrity: gives nothing to a caller whose roles do not include it, or when it has no permissions', () => {
    expect(policy.findDenial({ ...withCustom('users:write'), roles: ['viewer'] }, write, {})).toBeDefined();
    expect(policy.findDenial(withRoles('custom'), write, {})).toBeDefined();
  });
});

describe('a route', () => {
  it('that is public allows every caller, and a route that only requires a credential allows every user', () => {
    const callers = [anonymous, withRoles(), withRoles('owner')];
    expect(callers.map((caller) => isAllowed(caller, 'public'))).toEqual([true, true, true]);
    expect(callers.map((caller) => isAllowed(caller, 'authenticated'))).toEqual([false, true, true]);
  });

  it('for an identity allows every identity that has signed in, and no token without one', () => {
    const identity: Principal = { ...withRoles('owner'), identityId: subject.id };
    const withoutOrganization: Principal = { ...identity, tenantId: platformTenantId, roles: [] };
    const callers = [identity, withoutOrganization, withRoles('owner'), anonymous];
    expect(callers.map((caller) => isAllowed(caller, 'identity'))).toEqual([true, true, false, false]);
    expect(policy.findDenial(withRoles('owner'), 'identity', {})).toEqual({
      reason: 'The token has no identity: sign in, and use the token of the session.',
    });
  });

  it('integrity: of an organization refuses an identity without one, whatever roles and id the token has', () => {
    const identity: Principal = { ...withRoles('owner'), tenantId: platformTenantId, identityId: subject.id };
    for (const auth of ['authenticated', write, writeSelf] as const) {
      expect(policy.findDenial(identity, auth, { id: subject.id })?.reason).toBe(
        'The token is of no organization: choose one, and use the token that you get for it.',
      );
    }
    expect(isAllowed(identity, 'public')).toBe(true);
  });

  it('with `orSelf` allows a user without the permission for their own id', () => {
    expect(isAllowed(withRoles('viewer'), writeSelf, { id: subject.id })).toBe(true);
    expect(isAllowed(withRoles('viewer'), write, { id: subject.id })).toBe(false);
  });

  it.each([
    {},
    { id: '' },
    { id: undefined },
    { id: subject.tenantId },
    { id: `${subject.id} ` },
    { id: [subject.id] },
    { id: { toString: () => subject.id } },
    { userId: subject.id },
    { ID: subject.id },
  ])('with `orSelf` refuses an id other than the caller’s own: %j', (params) => {
    expect(isAllowed(withRoles('viewer'), writeSelf, params)).toBe(false);
  });

  it('with `orSelf` accepts the caller’s own id in upper case', () => {
    expect(isAllowed(withRoles('viewer'), writeSelf, { id: subject.id.toUpperCase() })).toBe(true);
  });

  it('with `orSelf` never allows a caller without an id', () => {
    for (const id of ['', undefined, null, 'anonymous']) expect(isAllowed(anonymous, writeSelf, { id })).toBe(false);
    const unnamed: Principal = { ...withRoles(), id: '' };
    expect(isAllowed(unnamed, writeSelf, { id: '' })).toBe(false);
  });
});

describe('a denial', () => {
  it.each<[string, Principal, Auth]>([
    ["The role 'viewer' does not have 'users:write'; 'owner' has.", withRoles('viewer'), write],
    [
      "The caller has no role, and so not 'orders:ship'; 'owner' and 'member' have.",
      withRoles(),
      { policy: 'orders:ship' },
    ],
    ["The roles 'viewer' and 'guest' do not have 'users:write'; 'owner' has.", withRoles('viewer', 'guest'), write],
    ["The role 'owner' does not have 'users:erase'; no role has.", withRoles('owner'), { policy: 'users:erase' }],
    [
      "The role 'viewer' does not have 'users:write'; 'owner' has. The path parameter 'id' is not the caller's own id.",
      withRoles('viewer'),
      writeSelf,
    ],
  ])('names the permission, and the roles that have it: %s', (reason, principal, auth) => {
    const permission = (auth as { policy: string }).policy;
    expect(policy.findDenial(principal, auth, {})).toEqual({ permission, reason });
  });

  it('without a credential names no permission', () => {
    const reason = 'The request has no credential, and this route requires one.';
    for (const auth of ['authenticated', write] as const) {
      expect(policy.findDenial(anonymous, auth, {})).toEqual({ reason });
    }
  });
});

describe('at start', () => {
  it.each<Auth>(['public', 'identity', 'authenticated', write, writeSelf])('a route may require %j', (auth) => {
    expect(() => policy.assertDeclared(auth)).not.toThrow();
  });

  it.each([{ policy: 'users:reed' }, { policy: 'constructor' }, { policy: '__proto__' }, {}, undefined, 'Public', ''])(
    'a route may not require %j',
    (auth) => {
      expect(() => policy.assertDeclared(auth as Auth)).toThrow(
        /No permission catalogue declares .* Correct the route.* users:read, users:write/,
      );
    },
  );

  it('several contracts may share a catalogue, and two catalogues may not declare one permission', () => {
    const catalogue: PermissionCatalogue = { 'a:b': { title: 'See', roles: ['owner'] } };
    expect(() => createPolicy([catalogue, catalogue])).not.toThrow();
    expect(() => createPolicy([catalogue, { ...catalogue }])).toThrow("'a:b' is declared twice. Keep one declaration");
  });
});
