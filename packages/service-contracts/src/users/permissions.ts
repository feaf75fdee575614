import { definePermissions } from '@plinth/kernel';

export const usersPermissions = definePermissions('users', {
  'users:read': { title: 'See the people of the organization', roles: ['owner', 'member', 'viewer'] },
  'users:write': { title: 'Add, change and remove people', roles: ['owner'] },
});
