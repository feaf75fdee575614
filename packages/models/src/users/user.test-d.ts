/** Compile-time promises of a mapper: each line below `@ts-expect-error` must not compile. */
import type { User } from '@plinth/dtos/users';
import { toUser, type UserDocument } from './user.ts';

export const leakingMapper = (document: UserDocument): User => ({
  ...toUser(document),
  // @ts-expect-error -- emailKey is not part of User
  emailKey: document.emailKey,
});

// @ts-expect-error -- role, and more, is missing
export const forgetfulMapper = (document: UserDocument): User => ({ id: document._id, name: document.name });
