export { connectMongo, type MongoSettings } from './connect.ts';
export { createRoles, type Role, type RolesOptions } from './roles.ts';
