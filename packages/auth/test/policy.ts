import { type Auth, definePermissions } from '@plinth/contract-kit';
import { type Principal } from '@plinth/data-kit';
import { createPolicy } from '../src/index.ts';
import { subject } from './tokens.ts';

const users = definePermissions('users', {
  'users:read': { title: 'See people', roles: ['owner', 'member', 'viewer'] },
  'users:write': { title: 'Change people', roles: ['owner'] },
  'users:erase': { title: 'Erase people', roles: [] },
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
export const readSelf: Auth = { policy: 'users:write', orSelf: 'id' };
