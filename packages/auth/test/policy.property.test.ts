import { type Auth } from '@plinth/contract-kit';
import { anonymous } from '@plinth/data-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAllowed, policy, withRoles } from './policy.ts';
import { subject } from './tokens.ts';

describe('for all callers and routes the policy', () => {
  const known = ['owner', 'admin', 'member', 'viewer', 'billing'];
  const role = fc.oneof(fc.constantFrom(...known, 'constructor', '__proto__', 'guest'), fc.string());
  const unknownRole = fc.string().filter((name) => !known.includes(name));
  const roles = fc.array(role, { maxLength: 4 });
  const permission = fc.constantFrom('users:read', 'users:write', 'users:erase', 'orders:ship', 'x:undeclared');
  const guarded = fc.record<Auth & object>(
    { policy: permission as fc.Arbitrary<`${string}:${string}`>, orSelf: fc.constantFrom('id', 'constructor') },
    { requiredKeys: ['policy'] },
  );
  const auth = fc.oneof(fc.constantFrom<Auth>('public', 'authenticated'), guarded);
  const params = fc.oneof(
    fc.constant({ id: subject.id }),
    fc.dictionary(fc.constantFrom('id', 'constructor'), fc.string()),
  );

  it('allows every earlier call when a role is added, and no further call when the role is unknown', () =>
    fc.assert(
      fc.property(roles, role, unknownRole, auth, params, (names, more, unknown, route, values) => {
        const before = isAllowed(withRoles(...names), route, values);
        expect(isAllowed(withRoles(...names, more), route, values) || !before).toBe(true);
        expect(isAllowed(withRoles(unknown, ...names), route, values)).toBe(before);
      }),
    ));

  it('allows a user without roles only their own id', () =>
    fc.assert(
      fc.property(guarded, params, (route, values) => {
        const isOwn =
          route.orSelf === 'id' &&
          String(values['id']).toLowerCase() === subject.id &&
          typeof values['id'] === 'string';
        expect(isAllowed(withRoles(), route, values)).toBe(isOwn);
      }),
    ));

  it('gives every denial a sentence, and the permission unless a credential is missing', () =>
    fc.assert(
      fc.property(roles, guarded, (names, route) => {
        const denial = policy.findDenial(withRoles(...names), route, {});
        if (denial) expect(denial).toEqual({ permission: route.policy, reason: expect.stringMatching(/^The .*\.$/s) });
        expect(policy.findDenial(anonymous, route, {})).toEqual({ reason: expect.stringMatching(/^The .*\.$/) });
      }),
    ));
});
