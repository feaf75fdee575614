import { defineErrors } from '@plinth/contract-kit';
import { z } from 'zod';

const readUser = 'Read the user with `GET /v1/users/{id}`; nothing needs to be done.';

export const usersErrors = defineErrors('users', {
  emailTaken: {
    status: 409,
    title: 'A user with this e-mail address already exists.',
    fix: 'Use another address, or find the user with `GET /v1/users?email=…`.',
  },
  lastOwner: {
    status: 409,
    title: 'The user is the last active owner of the organization.',
    fix: 'Give another user the role owner, or reactivate another owner, and send the request again.',
  },
  ownersChanged: {
    status: 409,
    title: 'Another request added the first owner of the organization at the same time.',
    fix: 'Send the request again, with a new idempotency key if it had one.',
  },
  notRemoved: {
    status: 409,
    title: 'The user is not deleted, so there is nothing to restore or erase.',
    fix: readUser,
  },
  alreadySuspended: { status: 409, title: 'The user is already suspended.', fix: readUser },
  notSuspended: { status: 409, title: 'The user is not suspended, so there is nothing to reactivate.', fix: readUser },
  ownRole: {
    status: 422,
    title: 'Users cannot raise their own role.',
    fix: 'Ask another owner of the organization to change your role.',
  },
  roleNameTaken: {
    status: 409,
    title: 'A custom role with this name already exists.',
    fix: 'Use another name, or change the role that `GET /v1/roles` returns.',
  },
  roleInUse: {
    status: 409,
    title: 'The custom role is the role of a user.',
    fix: 'Give its users another role: `GET /v1/users?roleId=…` returns them. Then delete it.',
  },
  roleMissing: {
    status: 422,
    title: 'The custom role of the user does not exist.',
    fix: 'Use the id of a role that `GET /v1/roles` returns, or a built-in role.',
  },
  unknownPermissions: {
    status: 422,
    title: 'The custom role has permissions that do not exist.',
    fix: 'Use names that `GET /v1/permissions` returns.',
    data: z.object({ permissions: z.array(z.string()) }),
  },
});
