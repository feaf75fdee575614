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

/** The guarantees of `require`. */
export const requirementCases = (use: () => Fixture): void => {
  describe('require', () => {
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

    it('race: of two doctors who leave at once because the other is on call, one stays', async () => {
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
