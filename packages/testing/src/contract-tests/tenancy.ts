import type { Ctx } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { createThing, type Thing } from './collections.ts';
import { type Fixture, suiteErrors } from './fixture.ts';

/** Creates a tenant with one document and another tenant. */
const createTwoTenants = async ({ context, insertEach, things }: Fixture) => {
  const [owner, otherCtx] = [context(), context()];
  const [thing] = (await insertEach(owner, [{ sku: 'theirs', name: 'theirs', rank: 4 }])) as [Thing];
  const assertUntouched = async () => expect(await things.for(owner).get(thing._id)).toEqual(thing);
  return { owner, otherCtx, thing, assertUntouched };
};

const foreignReads: Readonly<Record<string, (fixture: Fixture, ctx: Ctx, thing: Thing) => Promise<unknown>>> = {
  'find by id': ({ things }, ctx, { _id }) => things.for(ctx).find({ _id }),
  'find by a unique field': ({ things }, ctx, { sku }) => things.for(ctx).find({ sku }),
  'find by a range': ({ things }, ctx) => things.for(ctx).find({ rank: { $gte: 0 } }),
};

const readCases = (use: () => Fixture): void => {
  it('get of another tenant’s document throws not-found, as for an unknown id', async () => {
    const { otherCtx, thing } = await createTwoTenants(use());
    const failing = use().things.for(otherCtx).get(thing._id);
    await expect(failing).rejects.toMatchObject({ code: 'not-found', status: 404, data: undefined });
  });

  it.each(Object.entries(foreignReads))('%s does not return another tenant’s document', async (_, read) => {
    const { otherCtx, thing } = await createTwoTenants(use());
    expect(await read(use(), otherCtx, thing)).toBeUndefined();
  });

  it('getMany omits another tenant’s documents', async () => {
    const { otherCtx, thing } = await createTwoTenants(use());
    const [theirs] = (await use().insertEach(otherCtx, [{}])) as [Thing];
    expect(await use().things.for(otherCtx).getMany([thing._id, theirs._id])).toEqual([theirs]);
  });

  it('search finds no document of another tenant', async () => {
    const { otherCtx, thing } = await createTwoTenants(use());
    expect(await use().things.for(otherCtx).search({ text: thing.name, limit: 100 })).toEqual([]);
  });

  it('summarise counts no document of another tenant', async () => {
    const { otherCtx } = await createTwoTenants(use());
    const summarise = () => use().things.for(otherCtx).summarise({ where: {}, groupsMax: 1 }, suiteErrors.soldOut());
    expect(await summarise()).toEqual([]);
    await use().insertEach(otherCtx, [{}]);
    expect(await summarise()).toEqual([{ count: 1 }]);
  });

  it.each(['createdAt', '-createdAt', 'rank', '-_id'] as const)(
    'list by %s omits another tenant’s documents',
    async (sort) => {
      const { otherCtx } = await createTwoTenants(use());
      const theirs = await use().insertEach(otherCtx, [{}]);
      expect(await use().things.for(otherCtx).list({ where: {}, sort, limit: 100 })).toEqual({
        items: theirs,
        nextCursor: null,
      });
    },
  );

  it('list by a unique value omits another tenant’s document', async () => {
    const { otherCtx } = await createTwoTenants(use());
    const page = await use()
      .things.for(otherCtx)
      .list({ where: { sku: 'theirs' }, sort: '-createdAt', limit: 1 });
    expect(page).toEqual({ items: [], nextCursor: null });
  });
};

type Attempt = (fixture: Fixture, ctx: Ctx, thing: Thing) => void;

const foreignWrites: Readonly<Record<string, readonly [code: string, Attempt]>> = {
  'update of another tenant’s document': [
    'stale-version',
    ({ things }, ctx, thing) => void things.for(ctx).update(thing, { $set: { name: 'mine' } }),
  ],
  'update of another tenant’s document that contains the caller’s tenant id': [
    'stale-version',
    ({ things }, ctx, thing) =>
      void things.for(ctx).update({ ...thing, tenantId: ctx.tenantId }, { $set: { name: 'mine' } }),
  ],
  'updateWhere by the id of another tenant’s document': [
    'sold-out',
    ({ things }, ctx, { _id }) =>
      things.for(ctx).updateWhere({ _id }, { $set: { name: 'mine' } }, suiteErrors.soldOut()),
  ],
  'updateWhere by the fields of another tenant’s document': [
    'sold-out',
    ({ things }, ctx) =>
      things.for(ctx).updateWhere({ rank: { $gte: 0 } }, { $inc: { rank: 1 } }, suiteErrors.soldOut()),
  ],
  'removal of another tenant’s document': ['stale-version', ({ things }, ctx, thing) => things.for(ctx).remove(thing)],
  'removal of another tenant’s document that contains the caller’s tenant id': [
    'stale-version',
    ({ things }, ctx, thing) => things.for(ctx).remove({ ...thing, tenantId: ctx.tenantId }),
  ],
};

const writeCases = (use: () => Fixture): void => {
  it.each(Object.entries(foreignWrites))('%s fails and leaves the document unchanged', async (_, [code, attempt]) => {
    const { otherCtx, thing, assertUntouched } = await createTwoTenants(use());
    const failing = use().write(otherCtx, () => attempt(use(), otherCtx, thing));
    await expect(failing).rejects.toMatchObject({ code });
    await assertUntouched();
  });

  it('insert uses the tenant of the context, not that of the draft', async () => {
    const { write, things } = use();
    const { owner, otherCtx } = await createTwoTenants(use());
    const forged = { ...createThing(), tenantId: owner.tenantId } as never;
    const created: Thing = await write(otherCtx, () => things.for(otherCtx).insert(forged));
    expect(created.tenantId).toBe(otherCtx.tenantId);
    expect(await things.for(otherCtx).get(created._id)).toEqual(created);
    await expect(things.for(owner).get(created._id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('no change moves a document to another tenant', async () => {
    const { write, things } = use();
    const { owner, otherCtx, thing, assertUntouched } = await createTwoTenants(use());
    const forged = { $set: { tenantId: otherCtx.tenantId } } as never;
    await expect(write(owner, () => things.for(owner).update(thing, forged))).rejects.toThrow();
    await expect(
      write(owner, () => things.for(owner).updateWhere({ _id: thing._id }, forged, suiteErrors.soldOut())),
    ).rejects.toThrow();
    await assertUntouched();
    await expect(things.for(otherCtx).get(thing._id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('two tenants may have the same unique value', async () => {
    const { otherCtx, assertUntouched } = await createTwoTenants(use());
    const [theirs] = (await use().insertEach(otherCtx, [{ sku: 'theirs' }])) as [Thing];
    expect(await use().things.for(otherCtx).find({ sku: 'theirs' })).toEqual(theirs);
    await assertUntouched();
  });

  it('one context of a tenant reads the writes of another context', async () => {
    const { owner, thing } = await createTwoTenants(use());
    expect(await use().things.for(use().context(owner.tenantId)).get(thing._id)).toEqual(thing);
  });

  it('an id of another tenant is rejected without its document', async () => {
    const { setNextId, write, things } = use();
    const { otherCtx, thing, assertUntouched } = await createTwoTenants(use());
    setNextId(thing._id);
    await expect(write(otherCtx, () => things.for(otherCtx).insert(createThing()))).rejects.toMatchObject({
      name: 'UniqueViolation',
    });
    await assertUntouched();
  });
};

/** No operation crosses the boundary between tenants. */
export const tenancyCases = (use: () => Fixture): void => {
  describe('integrity: tenant isolation', () => {
    readCases(use);
    writeCases(use);

    it('a context without a tenant opens no collection', () => {
      const ctx = { ...use().context(), tenantId: '' };
      expect(() => use().things.for(ctx)).toThrow(/tenant/);
    });
  });
};
