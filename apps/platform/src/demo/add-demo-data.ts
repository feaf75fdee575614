import type { Datastore } from '@plinth/data-kit';
import { ordersModule } from '@plinth/svc-orders/module';
import { usersModule } from '@plinth/svc-users/module';
import { createOperations, ignoreConflict } from './operations.ts';
import { addDemoShop } from './shops.ts';
import { type DemoTenant, type DemoUser, demoTenants, demoUsers, getDemoUser } from './users.ts';

const addUser = (datastore: Datastore, user: DemoUser): Promise<unknown> => {
  const { id, name, email, role } = user;
  const run = createOperations(usersModule, datastore, user);
  return run('createUser', { body: { name, email, role } }, id).catch(ignoreConflict);
};

/** Adds the demo organizations by the same operations that clients use. Safe to repeat. */
export const addDemoData = async (datastore: Datastore): Promise<void> => {
  await Promise.all(demoUsers.map((user) => addUser(datastore, user)));
  const tenants = Object.keys(demoTenants) as DemoTenant[];
  await Promise.all(
    tenants.map((tenant) =>
      addDemoShop(createOperations(ordersModule, datastore, getDemoUser(tenant, 'owner')), tenant),
    ),
  );
};
