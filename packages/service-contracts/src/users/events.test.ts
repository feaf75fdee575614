import { expect, it } from 'vitest';
import { usersEvents } from './events.ts';

const userId = '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d';
const changesWithoutFields = ['updated', 'deleted', 'restored', 'erased', 'suspended', 'reactivated'] as const;
const payloads: Readonly<Record<string, object>> = {
  ...Object.fromEntries(changesWithoutFields.map((change) => [`users.user-${change}`, { userId }])),
  'users.user-created': { userId, role: 'member' },
  'users.user-role-changed': { userId, role: 'owner', previousRole: 'viewer' },
};

it.each(Object.values(usersEvents))('$name has ids and roles as subscribers expect, and no personal data', (event) => {
  const sample = payloads[event.name];
  expect(event.payload.parse({ ...sample, name: 'Ada', email: 'ada@acme.example' })).toEqual(sample);
  expect(event.aggregate).toBe('userId');
  expect(event.payload.safeParse({ ...sample, userId: 'ada' }).success).toBe(false);
});

it('has each event once', () => {
  const names = Object.values(usersEvents).map(({ name }) => name);
  expect(names.toSorted()).toEqual(Object.keys(payloads).toSorted());
});
