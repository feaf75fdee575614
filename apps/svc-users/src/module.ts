import * as actions from '@plinth/actions/users';
import { tokensRevoked } from '@plinth/contract-kit';
import { ownerCounts, users } from '@plinth/models/users';
import { usersContract, usersEvents } from '@plinth/service-contracts/users';
import { defineModule } from '@plinth/service-kit';
import { migrations } from './migrations/index.ts';
import { findUserAccess } from './user-access.ts';

export const usersModule = defineModule({
  name: 'users',
  contracts: [usersContract],
  events: [usersEvents, { tokensRevoked }],
  collections: { users, ownerCounts },
  migrations,
  actions,
  userAccess: { changedBy: Object.values(usersEvents), find: findUserAccess },
});
