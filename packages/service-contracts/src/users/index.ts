export { usersErrors } from './errors.ts';
export { usersEvents } from './events.ts';
export { usersPermissions } from './permissions.ts';
export { usersContract } from './users.ts';
