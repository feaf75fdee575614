import type { ServiceOf } from '@plinth/data-kit';
import type { usersContract } from '@plinth/service-contracts/users';

export type UsersService = ServiceOf<typeof usersContract>;
