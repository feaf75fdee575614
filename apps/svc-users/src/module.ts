import {
  changeRole,
  createUser,
  deleteUser,
  exportUsers,
  getMe,
  getUser,
  listUsers,
  reactivateUser,
  restoreUser,
  suspendUser,
  updateUser,
} from '@plinth/actions/users';
import { ownerCounts, users } from '@plinth/models/users';
import { usersContract } from '@plinth/service-contracts/users';
import { defineModule } from '@plinth/service-kit';
import { migrations } from './migrations/index.ts';

export const usersModule = defineModule({
  name: 'users',
  contracts: [usersContract],
  collections: { users, ownerCounts },
  migrations,
  create: (deps) => ({
    service: {
      changeRole: changeRole(deps),
      createUser: createUser(deps),
      deleteUser: deleteUser(deps),
      exportUsers: exportUsers(deps),
      getMe: getMe(deps),
      getUser: getUser(deps),
      listUsers: listUsers(deps),
      reactivateUser: reactivateUser(deps),
      restoreUser: restoreUser(deps),
      suspendUser: suspendUser(deps),
      updateUser: updateUser(deps),
    },
  }),
});
