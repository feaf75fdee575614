import * as actions from '@plinth/actions/users';
import { tokensRevoked } from '@plinth/contract-kit';
import { ownerCounts, roles, users } from '@plinth/models/users';
import { rolesContract, rolesEvents, usersContract, usersEvents } from '@plinth/service-contracts/users';
import { defineModule } from '@plinth/service-kit';
import { migrations } from './migrations/index.ts';
import { findUserAccess } from './user-access.ts';

export const usersModule = defineModule({
  name: 'users',
  contracts: [usersContract, rolesContract],
  events: [usersEvents, rolesEvents, { tokensRevoked }],
  collections: { users, ownerCounts, roles },
  migrations,
  actions,
  userAccess: {
    changedBy: Object.values(usersEvents),
    changedForAllBy: Object.values(rolesEvents),
    find: findUserAccess,
  },
});
