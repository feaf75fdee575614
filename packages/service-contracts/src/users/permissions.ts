import { definePermissions } from '@plinth/contract-kit';

export const usersPermissions = definePermissions('users', {
  'users:read': { title: 'View users', roles: ['owner', 'member', 'viewer'] },
  'users:export': { title: 'Export all users', roles: ['owner'] },
  'users:erase': { title: 'Erase deleted users', roles: ['owner'] },
  'users:write': { title: 'Create, change and delete users', roles: ['owner'] },
});
