export { createUser } from './create-user.ts';
export { getMe } from './get-me.ts';
export { getUser } from './get-user.ts';
export { listUsers } from './list-users.ts';
export { usersPermissions } from './permissions.ts';
export { updateUser } from './update-user.ts';
export { usersContract } from './users-contract.ts';
