import { createUser, getMe, getUser, listUsers, updateUser } from '@plinth/actions/users';
import { users } from '@plinth/models/users';
import { usersContract } from '@plinth/service-contracts/users';
import { defineModule } from '@plinth/service-kit';

export const usersModule = defineModule({
  name: 'users',
  contracts: [usersContract],
  collections: { users },
  create: (deps) => ({
    service: {
      createUser: createUser(deps),
      getMe: getMe(deps),
      getUser: getUser(deps),
      listUsers: listUsers(deps),
      updateUser: updateUser(deps),
    },
  }),
});
