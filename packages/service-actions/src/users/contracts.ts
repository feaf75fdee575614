// Generated from the contracts by `npm run build`. Run it when this file does not compile.
import { rolesContract, usersContract } from '@plinth/service-contracts/users';

export const usersContracts = [rolesContract, usersContract];
