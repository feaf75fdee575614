import { defineContract } from '@plinth/contract-kit';
import { changeRole } from './change-role.ts';
import { createUser } from './create-user.ts';
import { deleteUser } from './delete-user.ts';
import { exportUsers } from './export-users.ts';
import { getMe } from './get-me.ts';
import { getUser } from './get-user.ts';
import { listUsers } from './list-users.ts';
import { usersPermissions } from './permissions.ts';
import { reactivateUser } from './reactivate-user.ts';
import { restoreUser } from './restore-user.ts';
import { suspendUser } from './suspend-user.ts';
import { updateUser } from './update-user.ts';

export const usersContract = defineContract('users', {
  permissions: usersPermissions,
  routes: {
    changeRole,
    createUser,
    deleteUser,
    exportUsers,
    getMe,
    getUser,
    listUsers,
    reactivateUser,
    restoreUser,
    suspendUser,
    updateUser,
  },
});
