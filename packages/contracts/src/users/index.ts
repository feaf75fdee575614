import type { ServiceOf } from '@plinth/data-kit';
import type { usersContract } from '@plinth/service-contracts/users';

/** The operations of the users domain. */
export type UsersService = ServiceOf<typeof usersContract>;
