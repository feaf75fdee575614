export { changeRole } from './change-role.ts';
export { createUser } from './create-user.ts';
export { deleteUser } from './delete-user.ts';
export { eraseUser } from './erase-user.ts';
export { exportUsers } from './export-users.ts';
export { reactivateUser } from './reactivate-user.ts';
export { restoreUser } from './restore-user.ts';
export { suspendUser } from './suspend-user.ts';
export { getMe, getUser, listUsers, updateUser } from './users.ts';
