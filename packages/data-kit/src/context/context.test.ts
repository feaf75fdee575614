import { expect, it } from 'vitest';
import { anonymous } from './context.ts';
import { StartupError } from './startup-error.ts';

it('the caller of a public route has no tenant and no roles, and cannot get any', () => {
  expect(anonymous).toEqual({ kind: 'anonymous', id: '', tenantId: '', roles: [] });
  expect(Object.isFrozen(anonymous)).toBe(true);
  expect(Object.isFrozen(anonymous.roles)).toBe(true);
});

it('a StartupError has a name by which a host distinguishes it from a defect', () => {
  const cause = new Error('refused');
  const error = new StartupError('MONGODB_URI is missing. Set it.', { cause });
  expect(error).toMatchObject({ name: 'StartupError', message: 'MONGODB_URI is missing. Set it.', cause });
});
