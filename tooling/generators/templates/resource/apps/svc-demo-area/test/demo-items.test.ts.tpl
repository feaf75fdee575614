import { createDemoItemInput } from '@plinth/actions/demo-area/testing'; //-parent
import { createDemoItemInput, createDemoParentInput } from '@plinth/actions/demo-area/testing'; //+parent
import { openTestDatastore } from '@plinth/mongo/testing';
import { demoItemsContract } from '@plinth/service-contracts/demo-area';
import { type CallOptions, describeRefusals, oneWinner, race, sortStatuses, useModule } from '@plinth/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { demoAreaModule } from '../src/module.ts';

// Every status that an operation of the contract declares needs a test in this file.
const service = useModule({ module: demoAreaModule, openDatastore: openTestDatastore, covers: demoItemsContract });

/** Creates a tenant. Its owner sends the requests, unless `as` names another caller. */
const createTenant = async () => {
  const tenant = await service.createTenant();
  const { body: parent } = await tenant.call('createDemoParent', { body: createDemoParentInput() }); //+parent
  const create = (body: unknown, options?: CallOptions) => tenant.call('createDemoItem', { body }, options); //-parent
  const create = (body: unknown, options?: CallOptions) => //+parent
    tenant.call('createDemoItem', { id: parent.id, body }, options); //+parent
  const addDemoItem = async (overrides: Parameters<typeof createDemoItemInput>[0] = {}) =>
    (await create(createDemoItemInput(overrides))).body;
  return { ...tenant, create, addDemoItem }; //-parent
  return { ...tenant, parent, create, addDemoItem, stored: () => tenant.stored('demoItems') }; //+parent
};

const createItem = ({ addDemoItem }: Awaited<ReturnType<typeof createTenant>>) => addDemoItem();

describe('createDemoItem', () => {
  describeRefusals(service, 'createDemoItem', {
    createTenant,
    createItem: () => createDemoItemInput(), //-parent
    perform: ({ create }, body, options) => create(body, options), //-parent
    createItem: ({ parent }) => ({ id: parent.id, body: createDemoItemInput() }), //+parent
    perform: ({ call }, { id, body }, options) => call('createDemoItem', { id, body }, options), //+parent
  });

  it('201: returns the demo item, Location and ETag', async () => {
    const { owner, create } = await createTenant();
    const body = createDemoItemInput();
    const created = await create(body);
    expect(created).toMatchObject({ status: 201, body: { name: body.name, version: 1 } });
    expect(created.headers).toMatchObject({ location: `/v1/demo-items/${created.body.id}`, etag: '"1"' });
    expect((await owner.get(`/v1/demo-items/${created.body.id}`)).text).toBe(created.text);
  });

  it.each(['a', '漢'.repeat(200)])('boundary: accepts the name %s', async (name) => {
    const { create } = await createTenant();
    expect(await create(createDemoItemInput({ name }))).toMatchObject({ status: 201, body: { name } });
  });

  it.each(['', 'a\nb', 'a'.repeat(201), null, undefined])('400: refuses the name %j', async (name) => {
    const { create, stored } = await createTenant();
    const response = await create({ ...createDemoItemInput(), name });
    expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer: '/name' }] } });
    expect(await stored()).toEqual([]);
  });

  it('race: one of twenty demo items with the same name is created', async () => {
    const { create, stored } = await createTenant();
    const responses = await race(20, () => create(createDemoItemInput({ name: 'Same' })));
    expect(sortStatuses(responses)).toEqual(oneWinner(201, 409));
    expect(responses.find(({ status }) => status === 409)?.body.code).toBe('demo-item-name-taken');
    expect(await stored()).toHaveLength(1);
  });
});

describe('listDemoItems', () => {
  describeRefusals(service, 'listDemoItems', {
    createTenant,
    createItem: () => ({}), //-parent
    perform: ({ call }, _, options) => call('listDemoItems', {}, options), //-parent
    createItem: ({ parent }) => ({ id: parent.id }), //+parent
    perform: ({ call }, { id }, options) => call('listDemoItems', { id }, options), //+parent
  });

  it('200: returns the demo items of the tenant in pages, in both orders, and by name', async () => {
    const { call, addDemoItem } = await createTenant(); //-parent
    const { parent, call, addDemoItem } = await createTenant(); //+parent
    const created = [await addDemoItem(), await addDemoItem(), await addDemoItem()];
    await (await createTenant()).addDemoItem();
    const list = async (query: Readonly<Record<string, string | number>>) =>
      (await call('listDemoItems', { query })).body; //-parent
      (await call('listDemoItems', { id: parent.id, query })).body; //+parent
    const first = await list({ limit: 2 });
    expect(first.items).toEqual(created.slice(1).toReversed());
    expect(await list({ limit: 2, cursor: first.nextCursor })).toEqual({ items: [created[0]], nextCursor: null });
    expect((await list({ sort: 'createdAt' })).items).toEqual(created);
    expect((await list({ name: created[1].name })).items).toEqual([created[1]]);
  });
});

describe('getDemoItem', () => {
  describeRefusals(service, 'getDemoItem', {
    createTenant,
    createItem,
    perform: ({ call }, { id }, options) => call('getDemoItem', { id }, options),
  });

  it.each(['owner', 'admin', 'member', 'viewer'])('200: returns a demo item to the role %s', async (role) => {
    const { tenantId, addDemoItem, call } = await createTenant();
    const demoItem = await addDemoItem();
    const read = await call('getDemoItem', demoItem, { as: await service.userWithRole(role, tenantId) });
    expect(read).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: demoItem });
  });
});

describe('updateDemoItem', () => {
  describeRefusals(service, 'updateDemoItem', {
    createTenant,
    createItem,
    perform: ({ call }, { id, version }, options) =>
      call('updateDemoItem', { id, version, body: { name: 'New' } }, options),
  });

  it('200: returns the changed demo item, and keeps the version when nothing changes', async () => {
    const { addDemoItem, call } = await createTenant();
    const demoItem = await addDemoItem();
    const unchanged = await call('updateDemoItem', { ...demoItem, body: { name: demoItem.name } });
    expect(unchanged).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: demoItem });
    const changed = await call('updateDemoItem', { ...demoItem, body: { name: 'New' } });
    expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect(changed.body).toEqual({ ...demoItem, name: 'New', version: 2, updatedAt: changed.body.updatedAt });
    expect((await call('getDemoItem', demoItem)).text).toBe(changed.text);
  });

  it.each(['', 'a\nb', null])('400: refuses the name %j', async (name) => {
    const { addDemoItem, call } = await createTenant();
    const response = await call('updateDemoItem', { ...(await addDemoItem()), body: { name } });
    expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer: '/name' }] } });
  });

  it('409: refuses a name that another demo item has', async () => {
    const { addDemoItem, call } = await createTenant();
    const [{ name }, demoItem] = [await addDemoItem(), await addDemoItem()];
    const response = await call('updateDemoItem', { ...demoItem, body: { name } });
    expect(response).toMatchObject({ status: 409, body: { code: 'demo-item-name-taken' } });
  });

  it('race: one of twenty changes of the same version succeeds', async () => {
    const { addDemoItem, call } = await createTenant();
    const demoItem = await addDemoItem();
    const update = (index: number) => call('updateDemoItem', { ...demoItem, body: { name: `New ${index}` } });
    const responses = await race(20, update);
    expect(sortStatuses(responses)).toEqual(oneWinner(200, 412));
    const winner = responses.find(({ status }) => status === 200)?.body;
    expect((await call('getDemoItem', demoItem)).body).toEqual(winner);
  });
});

describe('deleteDemoItem', () => {
  describeRefusals(service, 'deleteDemoItem', {
    createTenant,
    createItem,
    perform: ({ call }, { id, version }, options) => call('deleteDemoItem', { id, version }, options),
  });

  it('204: the demo item no longer exists, and its name is free', async () => {
    const { addDemoItem, call } = await createTenant();
    const demoItem = await addDemoItem();
    expect(await call('deleteDemoItem', demoItem)).toMatchObject({ status: 204, text: '' });
    expect((await call('getDemoItem', demoItem)).status).toBe(404);
    expect(await addDemoItem({ name: demoItem.name })).toMatchObject({ name: demoItem.name, version: 1 });
  });

  it('race: one of twenty deletions of the same version succeeds', async () => {
    const { addDemoItem, call, stored } = await createTenant();
    const demoItem = await addDemoItem();
    const [won, ...lost] = sortStatuses(await race(20, () => call('deleteDemoItem', demoItem)));
    expect(won).toBe(204);
    expect(lost.filter((status) => status !== 412 && status !== 404)).toEqual([]);
    expect(await stored()).toEqual([]);
  });
});
