export { OwnerCountDocument, ownerCounts } from './owner-count.ts';
export { toUser, UserDocument, users } from './user.ts';
