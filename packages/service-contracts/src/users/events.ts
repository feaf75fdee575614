import { defineEvent } from '@plinth/contract-kit';
import { Role, UserId } from '@plinth/dtos/users';
import { z } from 'zod';

const Someone = z.object({ userId: UserId });

/** A person was added, active and with this role. */
export const userCreated = defineEvent('users.user-created', {
  payload: Someone.extend({ role: Role }),
  aggregate: 'userId',
});

/** The name or the address of a person was changed. */
export const userUpdated = defineEvent('users.user-updated', { payload: Someone, aggregate: 'userId' });

/** A person was removed; it may be undone. */
export const userDeleted = defineEvent('users.user-deleted', { payload: Someone, aggregate: 'userId' });

/** A person who was removed is back, with the role and the status from before. */
export const userRestored = defineEvent('users.user-restored', { payload: Someone, aggregate: 'userId' });

/** A person may not use the organization until further notice. */
export const userSuspended = defineEvent('users.user-suspended', { payload: Someone, aggregate: 'userId' });

/** A person who was suspended may use the organization again. */
export const userReactivated = defineEvent('users.user-reactivated', { payload: Someone, aggregate: 'userId' });

/** A person has another role. */
export const userRoleChanged = defineEvent('users.user-role-changed', {
  payload: Someone.extend({ role: Role, previousRole: Role }),
  aggregate: 'userId',
});
