export { usersErrors } from './errors.ts';
export { permissionCatalogue } from './permission-catalogue.ts';
export { rolesContract, rolesEvents, rolesPermissions } from './roles.ts';
export { usersContract, usersEvents, usersPermissions } from './users.ts';
