import type { ServiceOf } from '@plinth/data-kit';
import type { usersContract } from '@plinth/service-contracts/users';

/** What the users domain offers, operation by operation. */
export type UsersService = ServiceOf<typeof usersContract>;
