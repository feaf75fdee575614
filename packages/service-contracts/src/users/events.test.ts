import { describe, expect, it } from 'vitest';
import * as events from './events.ts';

const userId = '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d';
const payloads = {
  'users.user-created': { userId, role: 'member' },
  'users.user-updated': { userId },
  'users.user-deleted': { userId },
  'users.user-restored': { userId },
  'users.user-suspended': { userId },
  'users.user-reactivated': { userId },
  'users.user-role-changed': { userId, role: 'owner', previousRole: 'viewer' },
} as const;

describe.each(Object.values(events))('$name', ({ name, payload, aggregate }) => {
  it('tells of one person, by id and role alone', () => {
    const sample = payloads[name];
    expect(payload.parse({ ...sample, name: 'Ada', email: 'ada@acme.example' })).toEqual(sample);
    expect(aggregate).toBe('userId');
  });

  it.each([{ userId: 'ada' }, { userId: undefined }, { userId: userId.toUpperCase() }])('refuses %j', (part) => {
    expect(payload.safeParse({ ...payloads[name], ...part }).success).toBe(false);
  });
});

it('are named once each, as subscribers know them', () => {
  expect(
    Object.values(events)
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(Object.keys(payloads).toSorted());
});
