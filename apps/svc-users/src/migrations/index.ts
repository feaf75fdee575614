import { userStatus } from './0001-user-status.ts';
import { fillUserStatus } from './0002-fill-user-status.ts';
import { countOwners } from './0003-count-owners.ts';
import { requireUserStatus } from './0004-require-user-status.ts';

/** The migrations of the users database, in the order of their numbers. One that has been released never changes. */
export const migrations = [userStatus, fillUserStatus, countOwners, requireUserStatus];
