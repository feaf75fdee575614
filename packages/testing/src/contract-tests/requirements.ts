import type { Where } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { createMember, createThing, type Thing } from './collections.ts';
import { createTenant, type Fixture, suiteErrors, type Tenant } from './fixture.ts';

/** Takes a doctor off call, if the one who was read in the same call is still on call at commit. */
const leave = async ({ things }: Tenant, [leaving, staying]: readonly [Thing, Thing]): Promise<void> => {
  const [self, other] = [await things.get(leaving._id), await things.get(staying._id)];
  if (!other.active) throw suiteErrors.soldOut();
  things.require(other);
  things.update(self, { $set: { active: false } });
};

/** Takes a doctor off call, if another one is on call at commit, whatever else has changed about them. */
const leaveWhile = async ({ things }: Tenant, [leaving, staying]: readonly [Thing, Thing]): Promise<void> => {
  things.require({ _id: staying._id, active: true }, suiteErrors.soldOut());
  things.update(await things.get(leaving._id), { $set: { active: false } });
};

const documentCases = (use: () => Fixture): void => {
  describe('require of a document', () => {
    it('commits while the document is as it was read, and changes neither it nor the audit log', async () => {
      const { insertEach, things, write, ctx, journalRows } = createTenant(use());
      const [thing] = (await insertEach([{}])) as [Thing];
      const added = await write(async () => {
        things.require(await things.get(thing._id));
        return things.insert(createThing());
      });
      expect(await things.get(thing._id)).toEqual(thing);
      const row = (await journalRows()).filter(({ tenantId }) => tenantId === ctx.tenantId).at(-1);
      expect(row?.changes).toMatchObject([{ kind: 'insert', id: added._id }]);
      expect(row?.changes).toHaveLength(1);
    });

    it('integrity: throws stale-version or its own error for a changed and a removed document, and writes nothing', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [changed, removed] = (await insertEach([{}, {}])) as [Thing, Thing];
      await write(() => {
        things.update(changed, { $inc: { stock: 1 } });
        things.remove(removed);
      });
      for (const thing of [changed, removed]) {
        const failing = (error?: ReturnType<typeof suiteErrors.soldOut>) =>
          write(() => {
            things.insert(createThing({ sku: 'never' }));
            things.require(thing, error);
          });
        await expect(failing()).rejects.toMatchObject({ code: 'stale-version' });
        const error = suiteErrors.soldOut();
        await expect(failing(error)).rejects.toBe(error);
      }
      expect(await things.find({ sku: 'never' })).toBeUndefined();
    });

    it('integrity: is checked in a unit that writes nothing else', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{}])) as [Thing];
      await write(() => things.update(thing, { $inc: { stock: 1 } }));
      await expect(write(() => things.require(thing))).rejects.toMatchObject({ code: 'stale-version' });
    });

    it('sees the earlier writes of its unit, and lets later ones change the document', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{ stock: 1 }])) as [Thing];
      const last = await write(() => {
        things.require(thing);
        const next = things.update(thing, { $inc: { stock: 1 } });
        things.require(next);
        things.require(next);
        return next;
      });
      expect(await things.get(thing._id)).toEqual(last);
      const late = write(() => {
        things.update(last, { $inc: { stock: 1 } });
        things.require(last);
      });
      await expect(late).rejects.toMatchObject({ code: 'stale-version' });
    });

    it('fails for a document that is soft-deleted meanwhile', async () => {
      const { members, write } = createTenant(use());
      const member = await write(() => members.insert(createMember()));
      await write(() => members.remove(member));
      await expect(write(() => members.require(member))).rejects.toMatchObject({ code: 'stale-version' });
    });

    it('integrity: another tenant’s document cannot be required', async () => {
      const [mine, theirs] = [createTenant(use()), createTenant(use())];
      const [thing] = (await theirs.insertEach([{}])) as [Thing];
      await expect(mine.write(() => mine.things.require(thing))).rejects.toMatchObject({ code: 'stale-version' });
    });

    it('race: of two doctors who leave at the same time because the other is on call, one stays', async () => {
      const { insertEach, race, things } = createTenant(use());
      for (let round = 0; round < 10; round += 1) {
        const [ada, bob] = (await insertEach([{}, {}])) as [Thing, Thing];
        const { results, errorCodes } = await race(2, (tenant, index) =>
          leave(tenant, index ? [ada, bob] : [bob, ada]),
        );
        expect([results.length, errorCodes]).toEqual([1, ['stale-version']]);
        expect((await things.getMany([ada._id, bob._id])).filter(({ active }) => active)).toHaveLength(1);
      }
    });
  });
};

const filterCases = (use: () => Fixture): void => {
  describe('require of a filter', () => {
    it('commits while one document matches, whatever else has changed in it, and changes neither it nor the audit log', async () => {
      const { insertEach, things, write, ctx, journalRows } = createTenant(use());
      const [thing] = (await insertEach([{ stock: 2 }])) as [Thing];
      const next = await write(() => things.update(thing, { $inc: { stock: 1 } }));
      const added = await write(() => {
        things.require({ sku: thing.sku, stock: { $gte: 2 } }, suiteErrors.soldOut());
        return things.insert(createThing());
      });
      expect(await things.get(thing._id)).toEqual(next);
      const row = (await journalRows()).filter(({ tenantId }) => tenantId === ctx.tenantId).at(-1);
      expect(row?.changes).toMatchObject([{ kind: 'insert', id: added._id }]);
      expect(row?.changes).toHaveLength(1);
    });

    it.each<[string, (tenant: Tenant, theirs: Thing, stored: Thing) => void]>([
      ['none', ({ things }, _, { _id }) => things.require({ _id, stock: { $gt: 3 } }, suiteErrors.soldOut())],
      ['two', ({ things }) => things.require({ group: 'beta' }, suiteErrors.soldOut())],
      ['another tenant’s', ({ things }, { _id }) => things.require({ _id }, suiteErrors.soldOut())],
    ])('integrity: throws its own error when %s matches, and writes nothing', async (_, require) => {
      const [mine, others] = [createTenant(use()), createTenant(use())];
      const [stored] = (await mine.insertEach([{ group: 'beta', stock: 3 }, { group: 'beta' }])) as [Thing, Thing];
      const [theirs] = (await others.insertEach([{}])) as [Thing];
      const failing = mine.write(() => {
        mine.things.insert(createThing({ sku: 'never' }));
        require(mine, theirs, stored);
      });
      await expect(failing).rejects.toMatchObject({ code: 'sold-out' });
      expect(await mine.things.find({ sku: 'never' })).toBeUndefined();
      expect(await mine.things.get(stored._id)).toEqual(stored);
    });

    it('integrity: fails for a document that is removed or soft-deleted', async () => {
      const { insertEach, things, members, write } = createTenant(use());
      const [thing] = (await insertEach([{}])) as [Thing];
      const member = await write(() => members.insert(createMember({ handle: 'Ada' })));
      await write(() => members.require({ handle: 'ADA' }, suiteErrors.soldOut()));
      await write(() => {
        things.remove(thing);
        members.remove(member);
      });
      const { _id } = member;
      await expect(write(() => members.require({ _id }, suiteErrors.soldOut()))).rejects.toThrow();
      await expect(write(() => things.require({ _id: thing._id }, suiteErrors.soldOut()))).rejects.toThrow();
    });

    it('sees the earlier writes of its unit, and lets later ones change the document', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{ stock: 1 }])) as [Thing];
      const where = { _id: thing._id, stock: { $gte: 2 } };
      await expect(write(() => things.require(where, suiteErrors.soldOut()))).rejects.toThrow();
      const last = await write(() => {
        const next = things.update(thing, { $inc: { stock: 1 } });
        things.require(where, suiteErrors.soldOut());
        return things.update(next, { $set: { note: 'later' } });
      });
      expect(await things.get(thing._id)).toEqual(last);
    });

    it('boundary: may name the version and the time of the change', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{}])) as [Thing];
      const { _id, updatedAt } = await write(() => things.update(thing, {}));
      const require = (version: Where<Thing>['version'] & {}) =>
        write(() => things.require({ _id, updatedAt, version }, suiteErrors.soldOut()));
      for (const version of [2, { $in: [1, 2] }, { $gte: 2 }, { $gt: 1, $lt: 3 }]) await require(version);
      for (const version of [1, 3, { $in: [1, 3] }, { $gt: 2 }]) {
        await expect(require(version)).rejects.toMatchObject({ code: 'sold-out' });
      }
      expect((await things.get(_id)).version).toBe(2);
    });

    it('boundary: is refused without an index', async () => {
      const { things, write } = createTenant(use());
      const requiring = write(() => things.require({ stock: 1 }, suiteErrors.soldOut()));
      await expect(requiring).rejects.toThrow(/no index serves .*stock/);
    });

    it('race: of two doctors who leave at the same time while the other is on call, one stays', async () => {
      const { insertEach, race, things } = createTenant(use());
      for (let round = 0; round < 10; round += 1) {
        const [ada, bob] = (await insertEach([{}, {}])) as [Thing, Thing];
        const { results, errorCodes } = await race(2, (tenant, index) =>
          leaveWhile(tenant, index ? [ada, bob] : [bob, ada]),
        );
        expect([results.length, errorCodes.length]).toEqual([1, 1]);
        expect((await things.getMany([ada._id, bob._id])).filter(({ active }) => active)).toHaveLength(1);
      }
    });

    it('race: many concurrent units that require one document are all committed', async () => {
      const { insertEach, race, things } = createTenant(use());
      const [thing] = (await insertEach([{}])) as [Thing];
      const { results } = await race(30, (tenant) => {
        tenant.things.require({ _id: thing._id, active: true }, suiteErrors.soldOut());
        tenant.things.insert(createThing());
      });
      expect(results).toHaveLength(30);
      expect(await things.get(thing._id)).toEqual(thing);
    });
  });
};

/** The guarantees of `require`. */
export const requirementCases = (use: () => Fixture): void => {
  documentCases(use);
  filterCases(use);
};
