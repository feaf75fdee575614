import { nameOrder } from './name-order.ts';
import { userStatus } from './user-status.ts';

/** The migrations of the users database in the order of their numbers. A released migration never changes. */
export const migrations = [...userStatus, ...nameOrder];
