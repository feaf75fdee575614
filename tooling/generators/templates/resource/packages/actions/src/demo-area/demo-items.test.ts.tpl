import { demoItems } from '@plinth/models/demo-area'; //-parent
import { demoItems, demoParents } from '@plinth/models/demo-area'; //+parent
import { createContext, fakeTenant } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import * as actions from './index.ts';
import { createDemoItemInput } from './testing/index.ts'; //-parent
import { createDemoItemInput, createDemoParentInput } from './testing/index.ts'; //+parent

/** Creates a tenant on the fake database. Operations run as in a host, by default with the context of the owner. */
const createTenant = () => {
  const tenant = fakeTenant({ demoItems }, actions); //-parent
  const tenant = fakeTenant({ demoParents, demoItems }, actions); //+parent
  const parent = tenant.run.createDemoParent({ body: createDemoParentInput() }); //+parent
  return {
    ...tenant,
    /** The id of the demo parent of every demo item. */ //+parent
    getParent: async () => ({ id: (await parent).id }), //+parent
    createDemoItem: (overrides: Parameters<typeof createDemoItemInput>[0] = {}) => //-parent
      tenant.run.createDemoItem({ body: createDemoItemInput(overrides) }), //-parent
    createDemoItem: async (overrides: Parameters<typeof createDemoItemInput>[0] = {}) => //+parent
      tenant.run.createDemoItem({ id: (await parent).id, body: createDemoItemInput(overrides) }), //+parent
    stored: ({ id }: { readonly id: string }) => tenant.db.demoItems.all().find(({ _id }) => _id === id),
  };
};

describe('createDemoItem', () => {
  it('stores the demo item in the tenant of the caller, and emits demo-item-created with the id only', async () => {
    const { db, owner, run, stored, collectEvents } = createTenant(); //-parent
    const body = createDemoItemInput();
    const events = await collectEvents(() => run.createDemoItem({ body })); //-parent
    const { db, owner, run, getParent, stored, collectEvents } = createTenant(); //+parent
    const parent = await getParent(); //+parent
    const events = await collectEvents(() => run.createDemoItem({ ...parent, body })); //+parent
    expect(db.demoItems.all()).toHaveLength(1);
    const id = db.demoItems.all()[0]?._id ?? '';
    const now = db.clock.now();
    const entity = { _id: id, tenantId: owner.tenantId, version: 1, createdAt: now, updatedAt: now };
    expect(stored({ id })).toMatchObject({ ...entity, ...body });
    expect(events).toEqual([{ name: 'demo-area.demo-item-created', aggregateId: id, payload: { demoItemId: id } }]);
  });

  it('race: one of several demo items with the same name is created', async () => {
    const { createDemoItem, db } = createTenant();
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => createDemoItem({ name: 'Same' })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(db.demoItems.all()).toHaveLength(1);
  });

  it('integrity: a taken name leaves no demo item and no event behind', async () => {
    const { createDemoItem, expectUnchanged } = createTenant();
    await createDemoItem({ name: 'Same' });
    await expectUnchanged(() => expect(createDemoItem({ name: 'Same' })).rejects.toMatchObject({ code: 'demo-item-name-taken' }));
  });

  it('boundary: another tenant can use the same name', async () => { //-parent
    const { run, createDemoItem } = createTenant(); //-parent
    const { name } = await createDemoItem(); //-parent
    expect(await run.createDemoItem({ body: createDemoItemInput({ name }) }, createContext())).toMatchObject({ name }); //-parent
  }); //-parent
  it('boundary: another tenant’s demo parent does not exist', async () => { //+parent
    const { run, getParent, expectUnchanged } = createTenant(); //+parent
    const input = { ...(await getParent()), body: createDemoItemInput() }; //+parent
    await expectUnchanged(() => //+parent
      expect(run.createDemoItem(input, createContext())).rejects.toMatchObject({ code: 'not-found' }), //+parent
    ); //+parent
  }); //+parent
});

describe('listDemoItems', () => {
  it('sorts by time, and finds a name', async () => {
    const { db, run, createDemoItem } = createTenant(); //-parent
    const { db, run, getParent, createDemoItem } = createTenant(); //+parent
    const parent = await getParent(); //+parent
    const first = await createDemoItem();
    db.clock.advance(1000);
    const second = await createDemoItem();
    const page = { where: {}, sort: '-createdAt', limit: 20, cursor: undefined, fields: undefined } as const;
    const list = async (query: object) => (await run.listDemoItems({ query: { ...page, ...query } })).items; //-parent
    const list = async (query: object) => (await run.listDemoItems({ ...parent, query: { ...page, ...query } })).items; //+parent
    expect(await list({})).toEqual([second, first]);
    expect(await list({ sort: 'createdAt' })).toEqual([first, second]);
    expect(await list({ where: { name: first.name } })).toEqual([first]);
  });
});

describe('getDemoItem', () => {
  it('returns the demo item and changes nothing', async () => {
    const { run, createDemoItem, expectUnchanged } = createTenant();
    const demoItem = await createDemoItem();
    await expectUnchanged(async () => expect(await run.getDemoItem(demoItem)).toEqual(demoItem));
  });

  it('boundary: another tenant’s demo item does not exist', async () => {
    const { run, createDemoItem } = createTenant();
    await expect(run.getDemoItem(await createDemoItem(), createContext())).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('updateDemoItem', () => {
  it('changes the name and nothing else, and emits demo-item-updated', async () => {
    const { run, createDemoItem, stored, collectEvents } = createTenant();
    const { id } = await createDemoItem();
    const before = stored({ id });
    const events = await collectEvents(() => run.updateDemoItem({ id, version: [1], body: { name: 'New' } }));
    expect(stored({ id })).toEqual({ ...before, name: 'New', version: 2 });
    expect(events).toEqual([{ name: 'demo-area.demo-item-updated', aggregateId: id, payload: { demoItemId: id } }]);
  });

  it('changes nothing and emits nothing when the patch has no new value', async () => {
    const { run, createDemoItem, expectUnchanged } = createTenant();
    const demoItem = await createDemoItem();
    const { id, name } = demoItem;
    await expectUnchanged(async () => {
      for (const body of [{}, { name }]) {
        expect(await run.updateDemoItem({ id, version: [1], body })).toEqual(demoItem);
      }
    });
  });

  it('race: one of several changes of the same version succeeds', async () => {
    const { run, createDemoItem } = createTenant();
    const { id } = await createDemoItem();
    const results = await Promise.allSettled(
      ['A', 'B', 'C'].map((name) => run.updateDemoItem({ id, version: [1], body: { name } })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await run.getDemoItem({ id })).toMatchObject({ version: 2 });
  });

  it('integrity: a taken name and a stale version change nothing', async () => {
    const { run, createDemoItem, expectUnchanged } = createTenant();
    const [{ name }, { id }] = [await createDemoItem(), await createDemoItem()];
    const update = (version: number) => run.updateDemoItem({ id, version: [version], body: { name } });
    await expectUnchanged(async () => {
      await expect(update(1)).rejects.toMatchObject({ code: 'demo-item-name-taken' });
      await expect(update(2)).rejects.toMatchObject({ code: 'stale-version' });
    });
  });

  it('boundary: another tenant’s demo item does not exist', async () => {
    const { run, createDemoItem, expectUnchanged } = createTenant();
    const input = { ...(await createDemoItem()), version: [1], body: { name: 'New' } };
    await expectUnchanged(() =>
      expect(run.updateDemoItem(input, createContext())).rejects.toMatchObject({ code: 'not-found' }),
    );
  });
});

describe('deleteDemoItem', () => {
  it('removes the document and emits demo-item-deleted', async () => {
    const { run, createDemoItem, stored, collectEvents } = createTenant();
    const { id } = await createDemoItem();
    const events = await collectEvents(() => run.deleteDemoItem({ id, version: [1] }));
    expect(stored({ id })).toBeUndefined();
    expect(events).toEqual([{ name: 'demo-area.demo-item-deleted', aggregateId: id, payload: { demoItemId: id } }]);
  });

  it('race: one of several deletions succeeds', async () => {
    const { run, createDemoItem } = createTenant();
    const { id } = await createDemoItem();
    const results = await Promise.allSettled([1, 2, 3].map(() => run.deleteDemoItem({ id, version: [1] })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('integrity: a stale version deletes nothing', async () => {
    const { run, createDemoItem, expectUnchanged } = createTenant();
    const { id } = await createDemoItem();
    await expectUnchanged(() =>
      expect(run.deleteDemoItem({ id, version: [2] })).rejects.toMatchObject({ code: 'stale-version' }),
    );
  });

  it('boundary: another tenant’s demo item does not exist', async () => {
    const { run, createDemoItem, expectUnchanged } = createTenant();
    const { id } = await createDemoItem();
    await expectUnchanged(() =>
      expect(run.deleteDemoItem({ id, version: [1] }, createContext())).rejects.toMatchObject({ code: 'not-found' }),
    );
  });
});
