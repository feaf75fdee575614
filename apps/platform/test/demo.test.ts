import { openTestDatastore } from '@plinth/mongo/testing';
import { openTestHost } from '@plinth/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDemoData } from '../src/demo/add-demo-data.ts';
import { type DemoTenant, demoTenants, demoUsers, getDemoUser } from '../src/demo/users.ts';
import { modules } from '../src/modules.ts';
import { localPorts } from './local-ports.ts';

type Item = {
  readonly id: string;
  readonly status: string;
  readonly stock: number;
  readonly effect: { readonly kind: string };
};

type Entry = { readonly createdAt: string; readonly version: number; readonly after: object };

let host: Awaited<ReturnType<typeof openTestHost>>;
let addAgain: () => Promise<unknown>;

beforeAll(async () => {
  const datastore = await openTestDatastore();
  host = await openTestHost({ modules, localPorts, datastore });
  addAgain = () => Promise.all([addDemoData(datastore), addDemoData(datastore)]);
  // Two processes that start at the same time, and one that starts later.
  await addAgain();
  await addDemoData(datastore);
});
afterAll(() => host.close());

const list = async (tenant: DemoTenant, path: string): Promise<Item[]> => {
  const { id, tenantId } = getDemoUser(tenant, 'owner');
  return (await (await host.as({ id, tenantId, roles: ['owner'] })).get(`${path}?limit=100`)).body.items;
};

describe.each(Object.keys(demoTenants) as DemoTenant[])('the organization %s', (tenant) => {
  it('race: has a user of every role once', async () => {
    const expected = demoUsers.filter(({ tenantId }) => tenantId === demoTenants[tenant]);
    const ids = (await list(tenant, '/v1/users')).map(({ id }) => id).toSorted();
    expect(ids).toEqual(expected.map(({ id }) => id).toSorted());
  });

  it('race: has a catalogue once, with a product that is out of stock and one that is archived', async () => {
    const products = await list(tenant, '/v1/products');
    expect(products).toHaveLength(5);
    expect(products.filter(({ stock }) => stock === 0)).toHaveLength(1);
    expect(products.filter(({ status }) => status === 'archived')).toHaveLength(1);
  });

  it('race: has an order in each status once', async () => {
    const statuses = (await list(tenant, '/v1/orders')).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual(
      ['placed', 'paid', 'partly-shipped', 'shipped', 'delivered', 'cancelled', 'refunded'].toSorted(),
    );
  });

  it('race: has a pricing rule of each kind once, and orders to which each applied', async () => {
    const kinds = ['free-shipping', 'volume-discount', 'voucher'];
    const rules = await list(tenant, '/v1/pricing-rules');
    expect(rules.map(({ effect }) => effect.kind).toSorted()).toEqual(kinds);
    const { id, tenantId } = getDemoUser(tenant, 'owner');
    const owner = await host.as({ id, tenantId, roles: ['owner'] });
    const orders = await Promise.all(
      (await list(tenant, '/v1/orders')).map((order) => owner.get(`/v1/orders/${order.id}`)),
    );
    const applied: string[] = orders.flatMap(({ body }) => body.appliedRules.map(({ kind }: { kind: string }) => kind));
    expect([...new Set(applied)].toSorted()).toEqual(kinds);
  });

  it('integrity: the history of each order leads from nothing to the order as it is', async () => {
    const { id: userId, tenantId } = getDemoUser(tenant, 'owner');
    const owner = await host.as({ id: userId, tenantId, roles: ['owner'] });
    for (const { id } of await list(tenant, '/v1/orders')) {
      const { body: order } = await owner.get(`/v1/orders/${id}`);
      const { body } = await owner.get(`/v1/orders/${id}/history?limit=100`);
      const entries: Entry[] = body.items.toReversed();
      const replayed: object = entries.reduce((fields, { after }) => ({ ...fields, ...after }), {});
      expect({ ...order, ...replayed }).toEqual(order);
      expect(entries.map(({ version }) => version)).toEqual(entries.map((_, index) => index + 1));
      for (const { createdAt, version } of entries) {
        const { body: then } = await owner.get(`/v1/orders/${id}?asOf=${createdAt}`);
        expect(then).toMatchObject(version === order.version ? order : { version, updatedAt: createdAt });
      }
    }
  });

  it('integrity: a later start changes nothing', async () => {
    const read = () =>
      Promise.all(['/v1/users', '/v1/products', '/v1/orders', '/v1/pricing-rules'].map((path) => list(tenant, path)));
    const before = await read();
    await addAgain();
    expect(await read()).toEqual(before);
    expect(await host.faults()).toEqual([]);
  });
});
