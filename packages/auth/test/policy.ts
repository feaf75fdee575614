import { type Auth, definePermissions } from '@plinth/contract-kit';
import { type Principal } from '@plinth/data-kit';
import { createPolicy } from '../src/index.ts';
import { subject } from './tokens.ts';

const users = definePermissions('users', {
  'users:read': { title: 'See users', roles: ['owner', 'member', 'viewer'] },
  'users:write': { title: 'Change users', roles: ['owner'] },
  'users:erase': { title: 'Erase users', roles: [] },
});
const orders = definePermissions('orders', { 'orders:ship': { title: 'Ship orders', roles: ['owner', 'member'] } });
export const policy = createPolicy([users, orders]);

export const withRoles = (...roles: string[]): Principal => ({
  kind: 'user',
  id: subject.id,
  tenantId: subject.tenantId,
  roles,
});
export const write: Auth = { policy: 'users:write' };
export const writeSelf: Auth = { policy: 'users:write', orSelf: 'id' };

export const isAllowed = (principal: Principal, auth: Auth, params: Readonly<Record<string, unknown>> = {}): boolean =>
  policy.findDenial(principal, auth, params) === undefined;
