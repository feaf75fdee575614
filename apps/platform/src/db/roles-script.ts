import { createRoles, type RolesOptions } from '@plinth/mongo';

/** Renders a script for mongosh that creates or updates the roles, and creates a user of each role. */
export const renderRolesScript = (options: RolesOptions): string => `\
// The least privileges in MongoDB. Run it as a user that may create roles, and again when a release adds a collection:
//   npm run --silent db -- roles > roles.js && mongosh "<URI of an administrator>" roles.js
const admin = db.getSiblingDB('admin');
const roles = ${JSON.stringify(Object.values(createRoles(options)), null, 2)};
for (const { role, privileges } of roles) {
  if (admin.getRole(role)) admin.updateRole(role, { privileges, roles: [] });
  else admin.createRole({ role, privileges, roles: [] });
  if (!admin.getUser(role)) {
    print('The password of the new user ' + role + ':');
    admin.createUser({ user: role, pwd: passwordPrompt(), roles: [role] });
  }
}
`;
