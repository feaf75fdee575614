export { changeRole } from './change-role.ts';
export { createUser } from './create-user.ts';
export { deleteUser } from './delete-user.ts';
export {
  userCreated,
  userDeleted,
  userReactivated,
  userRestored,
  userRoleChanged,
  userSuspended,
  userUpdated,
} from './events.ts';
export { exportUsers } from './export-users.ts';
export { getMe } from './get-me.ts';
export { getUser } from './get-user.ts';
export { listUsers } from './list-users.ts';
export { usersPermissions } from './permissions.ts';
export { reactivateUser } from './reactivate-user.ts';
export { restoreUser } from './restore-user.ts';
export { suspendUser } from './suspend-user.ts';
export { updateUser } from './update-user.ts';
export { usersContract } from './users-contract.ts';
