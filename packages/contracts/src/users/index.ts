import type { ServiceOf } from '@plinth/data-kit';
import type { rolesContract, usersContract } from '@plinth/service-contracts/users';

export type RolesService = ServiceOf<typeof rolesContract>;
export type UsersService = ServiceOf<typeof usersContract>;
