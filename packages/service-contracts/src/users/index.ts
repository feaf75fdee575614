export { usersContract, usersErrors, usersEvents, usersPermissions } from './users.ts';
