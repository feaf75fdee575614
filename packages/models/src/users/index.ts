export { toEmailKey, toUser, UserDocument, users } from './user.ts';
