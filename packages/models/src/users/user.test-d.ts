/** Compile-time guarantees of a mapper: each line below `@ts-expect-error` must not compile. */
import { defineMapper } from '@plinth/data-kit';
import type { User } from '@plinth/dtos/users';
import type { UserDocument } from './user.ts';

const fields = {
  id: '_id',
  version: 'version',
  name: 'name',
  email: 'email',
  role: 'role',
  status: 'status',
  createdAt: 'createdAt',
  updatedAt: 'updatedAt',
} as const;

export const mapper = defineMapper<UserDocument, User>(fields);

export const leakingMapper = defineMapper<UserDocument, User>({
  ...fields,
  // @ts-expect-error -- emailKey is not part of User
  emailKey: 'emailKey',
});

// @ts-expect-error -- role, and more, is missing
export const forgetfulMapper = defineMapper<UserDocument, User>({ id: '_id', name: 'name' });

// @ts-expect-error -- a role is not any text
export const mistakenMapper = defineMapper<UserDocument, User>({ ...fields, role: 'name' });
