import { openTestDatastore } from '@plinth/mongo/testing';
import { openTestHost } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { addDemoData } from '../src/demo/add-demo-data.ts';
import { demoTenants, demoUsers, getDemoUser } from '../src/demo/users.ts';
import { modules } from '../src/modules.ts';

it('race: adds two organizations with an owner, a member and a viewer each, also when it runs several times at once', async () => {
  const datastore = await openTestDatastore();
  const host = await openTestHost({ modules, datastore });
  await addDemoData(datastore);
  await Promise.all([addDemoData(datastore), addDemoData(datastore)]);
  for (const tenant of Object.keys(demoTenants) as (keyof typeof demoTenants)[]) {
    const { id, tenantId } = getDemoUser(tenant, 'owner');
    const { body } = await (await host.as({ id, tenantId, roles: ['owner'] })).get('/v1/users');
    expect(body.items.map(({ id: userId }: { id: string }) => userId).toSorted()).toEqual(
      demoUsers.filter((user) => user.tenantId === tenantId).map((user) => user.id),
    );
  }
  expect(await host.faults()).toEqual([]);
  await host.close();
});
