export { OwnerCountDocument, ownerCounts } from './owner-count.ts';
export { RoleDocument, roles, toRole } from './role.ts';
export { toUser, UserDocument, users } from './user.ts';
