import { defineContract } from '@plinth/kernel';
import { createUser } from './create-user.ts';
import { getMe } from './get-me.ts';
import { getUser } from './get-user.ts';
import { listUsers } from './list-users.ts';
import { usersPermissions } from './permissions.ts';
import { updateUser } from './update-user.ts';

export const usersContract = defineContract('users', {
  permissions: usersPermissions,
  routes: { createUser, getMe, getUser, listUsers, updateUser },
});
