import { defineEvents } from '@plinth/contract-kit';
import { Role, UserId } from '@plinth/dtos/users';

export const usersEvents = defineEvents('users', {
  aggregate: { userId: UserId },
  events: {
    userCreated: { role: Role },
    /** The name or the e-mail address was changed. */
    userUpdated: {},
    userDeleted: {},
    /** The user was restored, with the role and status from before the deletion. */
    userRestored: {},
    /** The personal data of a deleted user no longer exists. */
    userErased: {},
    userSuspended: {},
    userReactivated: {},
    userRoleChanged: { role: Role, previousRole: Role },
  },
});
