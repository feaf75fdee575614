import { expect, it } from 'vitest';
import { anonymous } from './context.ts';
import { StartupError } from './startup-error.ts';

it('gives the caller of a public route no tenant, no roles, and no way to get them', () => {
  expect(anonymous).toEqual({ kind: 'anonymous', id: '', tenantId: '', roles: [] });
  expect(Object.isFrozen(anonymous)).toBe(true);
  expect(Object.isFrozen(anonymous.roles)).toBe(true);
});

it('names a reason not to start, so that a host can tell it from a defect', () => {
  const cause = new Error('refused');
  const error = new StartupError('MONGODB_URI is missing. Set it.', { cause });
  expect(error).toMatchObject({ name: 'StartupError', message: 'MONGODB_URI is missing. Set it.', cause });
});
