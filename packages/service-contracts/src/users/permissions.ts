import { definePermissions } from '@plinth/contract-kit';

export const usersPermissions = definePermissions('users', {
  'users:read': { title: 'See the people of the organization', roles: ['owner', 'member', 'viewer'] },
  'users:export': { title: 'Take the data of all people with you', roles: ['owner'] },
  'users:write': { title: 'Add, change and remove people', roles: ['owner'] },
});
