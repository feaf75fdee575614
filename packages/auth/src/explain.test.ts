import { type Auth } from '@plinth/contract-kit';
import { anonymous, type Principal } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { policy, readSelf, withRoles, write } from '../test/policy.ts';
import { subject } from '../test/tokens.ts';

describe('explanations', () => {
  const because = (principal: Principal, auth: Auth, params = {}) => policy.explain(principal, auth, params).because;

  it('say what is missing and who has it', () => {
    expect(policy.explain(withRoles('viewer'), write, {})).toEqual({
      allowed: false,
      permission: 'users:write',
      because: "The role 'viewer' does not have 'users:write'; 'owner' has.",
      rolesThatWould: ['owner'],
    });
  });

  it.each<[string, Principal, Auth, Record<string, unknown>?]>([
    ['Everybody may call this.', anonymous, 'public'],
    ['The caller has no credential, and this needs one.', anonymous, write],
    ['Everybody with a credential may call this.', withRoles(), 'authenticated'],
    ["The role 'owner' has 'users:write'.", withRoles('viewer', 'owner'), write],
    [
      "The caller has no role, and so not 'orders:ship'; 'owner' and 'member' have.",
      withRoles(),
      { policy: 'orders:ship' },
    ],
    ["The roles 'viewer' and 'guest' do not have 'users:write'; 'owner' has.", withRoles('viewer', 'guest'), write],
    ["The role 'owner' does not have 'users:erase'; no role has.", withRoles('owner'), { policy: 'users:erase' }],
    [
      "The caller's own id stands at 'id', and one's own is allowed without 'users:write'.",
      withRoles(),
      readSelf,
      { id: subject.id },
    ],
    [
      "The role 'viewer' does not have 'users:write'; 'owner' has. Nor does the caller's own id stand at 'id'.",
      withRoles('viewer'),
      readSelf,
    ],
  ])('read: %s', (sentence, principal, auth, params = {}) => {
    expect(because(principal, auth, params)).toBe(sentence);
  });

  it('name the permission that a 403 carries, and none for what is allowed or needs a credential first', () => {
    const missing = (principal: Principal, auth: Auth) => policy.missing(principal, auth, {});
    expect([missing(withRoles('viewer'), write), missing(withRoles(), readSelf)]).toEqual([
      'users:write',
      'users:write',
    ]);
    const nothing = [
      missing(withRoles('owner'), write),
      missing(anonymous, write),
      missing(anonymous, 'authenticated'),
    ];
    expect(nothing).toEqual([undefined, undefined, undefined]);
  });
});
