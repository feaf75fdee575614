import { type Auth, type PermissionCatalogue } from '@plinth/contract-kit';
import { anonymous, type Principal } from '@plinth/data-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policy, readSelf, withRoles, write } from '../test/policy.ts';
import { subject } from '../test/tokens.ts';
import { createPolicy } from './index.ts';

describe('roles', () => {
  it('give the permissions that the books say, and no others', () => {
    const may = (role: string) =>
      policy.matrix().map(({ permission }) => policy.allows(withRoles(role), { policy: permission }, {}));
    expect([may('owner'), may('member'), may('viewer')]).toEqual([
      [true, true, false, true],
      [true, false, false, true],
      [true, false, false, false],
    ]);
  });

  it.each([
    'Owner',
    'owner ',
    'admin',
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    'users:write',
    '*',
    '',
  ])('grant nothing when nobody knows them: %j', (role) => {
    expect(policy.allows(withRoles(role), write, {})).toBe(false);
  });

  it.each(['constructor', '__proto__', 'users:', 'users:*', '*', 'users:write ', 'users'])(
    'do not give a permission that no book declares: %j',
    (name) => {
      const auth = { policy: name } as Auth;
      expect(policy.allows(withRoles('owner', 'constructor', '__proto__'), auth, {})).toBe(false);
      expect(policy.explain(withRoles('owner'), auth, {}).because).toContain('No permission book declares');
    },
  );

  it('of an anonymous caller count for nothing', () => {
    const odd: Principal = { ...anonymous, roles: ['owner'] };
    expect([policy.allows(odd, write, {}), policy.allows(odd, 'authenticated', {})]).toEqual([false, false]);
  });
});

describe('conditions', () => {
  it('let everybody call what is public, and everybody with a credential what needs only that', () => {
    const callers = [anonymous, withRoles(), withRoles('owner')];
    expect(callers.map((caller) => policy.allows(caller, 'public', {}))).toEqual([true, true, true]);
    expect(callers.map((caller) => policy.allows(caller, 'authenticated', {}))).toEqual([false, true, true]);
  });

  it('let a person without the permission at their own id, where the route says so', () => {
    expect(policy.allows(withRoles('viewer'), readSelf, { id: subject.id })).toBe(true);
    expect(policy.allows(withRoles('viewer'), write, { id: subject.id })).toBe(false);
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
  ])('refuse every other id than the caller’s own: %j', (params) => {
    expect(policy.allows(withRoles('viewer'), readSelf, params)).toBe(false);
  });

  it('accept the caller’s own id in any case', () => {
    expect(policy.allows(withRoles('viewer'), readSelf, { id: subject.id.toUpperCase() })).toBe(true);
  });

  it('never take an anonymous caller for anybody, not even for nobody', () => {
    for (const id of ['', undefined, null, 'anonymous']) expect(policy.allows(anonymous, readSelf, { id })).toBe(false);
    const unnamed: Principal = { ...withRoles(), id: '' };
    expect(policy.allows(unnamed, readSelf, { id: '' })).toBe(false);
  });
});

describe('at boot', () => {
  it.each<Auth>(['public', 'authenticated', write, readSelf])('a route may ask for %j', (auth) => {
    expect(() => policy.assertKnown(auth)).not.toThrow();
  });

  it.each([{ policy: 'users:reed' }, { policy: 'constructor' }, { policy: '__proto__' }, {}, undefined, 'Public', ''])(
    'a route may not ask for %j',
    (auth) => {
      expect(() => policy.assertKnown(auth as Auth)).toThrow(
        /No permission book declares .* Correct the route .* users:read, users:write/,
      );
    },
  );

  it('a book may come twice, but two may not disagree', () => {
    const read = (title: string, roles: PermissionCatalogue['a:b']['roles']): PermissionCatalogue => ({
      'a:b': { title, roles },
    });
    const one = read('See', ['owner', 'member']);
    expect(createPolicy([one, one, read('See', ['member', 'owner'])]).matrix()).toHaveLength(1);
    for (const other of [
      read('Look', ['owner', 'member']),
      read('See', ['owner']),
      read('See', ['owner', 'member', 'viewer']),
    ]) {
      expect(() => createPolicy([one, other])).toThrow("'a:b' is declared twice");
      expect(() => createPolicy([other, one])).toThrow('Keep one declaration');
    }
  });

  it('the matrix cannot be changed by its reader', () => {
    const [, row] = policy.matrix();
    expect(row?.permission).toBe('users:write');
    expect(() => (row?.roles as string[] | undefined)?.push('viewer')).toThrow(TypeError);
    expect(policy.allows(withRoles('viewer'), write, {})).toBe(false);
  });
});

describe('for all callers and routes', () => {
  const role = fc.oneof(fc.constantFrom('owner', 'member', 'viewer', 'constructor', '__proto__', 'guest'), fc.string());
  const unknownRole = fc.string().filter((name) => !['owner', 'member', 'viewer'].includes(name));
  const roles = fc.array(role, { maxLength: 4 });
  const auth = fc.oneof(
    fc.constantFrom<Auth>('public', 'authenticated'),
    fc.record<Auth & object>(
      {
        policy: fc.constantFrom<`${string}:${string}`>(
          'users:read',
          'users:write',
          'users:erase',
          'orders:ship',
          'nobody:knows',
        ),
        orSelf: fc.constantFrom('id', 'constructor'),
      },
      { requiredKeys: ['policy'] },
    ),
  );
  const params = fc.oneof(
    fc.constant({ id: subject.id }),
    fc.dictionary(fc.constantFrom('id', 'constructor'), fc.string()),
  );
  const caller = fc.oneof(
    roles.map((names) => withRoles(...names)),
    fc.constant(anonymous),
  );

  it('explains exactly what it decides, and names the missing permission only when it denies', () =>
    fc.assert(
      fc.property(caller, auth, params, (principal, wanted, given) => {
        const allowed = policy.allows(principal, wanted, given);
        const explained = policy.explain(principal, wanted, given);
        expect(explained.allowed).toBe(allowed);
        expect(explained.because).toMatch(/\.$/);
        if (allowed) expect(policy.missing(principal, wanted, given)).toBeUndefined();
      }),
    ));

  it('never takes something away when a role is added', () =>
    fc.assert(
      fc.property(roles, role, auth, params, (names, more, wanted, given) => {
        const before = policy.allows(withRoles(...names), wanted, given);
        expect(policy.allows(withRoles(...names, more), wanted, given) || !before).toBe(true);
      }),
    ));

  it('takes a role that it does not know for no role', () =>
    fc.assert(
      fc.property(roles, unknownRole, auth, params, (names, unknown, wanted, given) => {
        const without = policy.allows(withRoles(...names), wanted, given);
        expect(policy.allows(withRoles(unknown, ...names), wanted, given)).toBe(without);
      }),
    ));

  it('allows nothing but one’s own to a person without roles', () =>
    fc.assert(
      fc.property(auth, params, (wanted, given) => {
        fc.pre(typeof wanted === 'object');
        const isOwn = wanted.orSelf === 'id' && given['id'] === subject.id;
        expect(policy.allows(withRoles(), wanted, given)).toBe(isOwn);
      }),
    ));

  it('allows by the roles that it says would, and by no other', () =>
    fc.assert(
      fc.property(auth, role, (wanted, name) => {
        fc.pre(typeof wanted === 'object');
        const { rolesThatWould } = policy.explain(withRoles(), wanted, {});
        expect(policy.allows(withRoles(name), wanted, {})).toBe(rolesThatWould.includes(name));
      }),
    ));
});
