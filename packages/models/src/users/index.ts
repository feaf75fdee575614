export { OwnerCountDocument, ownerCounts } from './owner-count.ts';
export { toEmailKey, toRemovedKey, toUser, UserDocument, users } from './user.ts';
