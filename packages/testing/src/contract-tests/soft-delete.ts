import type { Ctx, Draft } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { createId } from '../contexts.ts';
import { createMember, type Member } from './collections.ts';
import { createTenant, type Fixture, suiteErrors } from './fixture.ts';

/** Creates a tenant with functions for soft deletion, each of which runs in its own unit of work. */
const createTeam = ({ context, members, write, clock }: Fixture, ctx: Ctx = context()) => ({
  ctx,
  members: members.for(ctx),
  add: async (draft: Partial<Draft<Member>> = {}) => {
    clock.advance(1);
    return write(ctx, () => members.for(ctx).insert(createMember(draft)));
  },
  remove: (member: Member) => write(ctx, () => members.for(ctx).remove(member)),
  getRemoved: ({ _id }: Pick<Member, '_id'>) => members.for(ctx).getRemoved(_id, suiteErrors.notRemoved()),
  restore: ({ _id }: Pick<Member, '_id'>) =>
    write(ctx, async () => {
      const collection = members.for(ctx);
      return collection.restore(await collection.getRemoved(_id, suiteErrors.notRemoved()));
    }),
  purge: (member: Member) => write(ctx, () => members.for(ctx).purge(member, suiteErrors.soldOut())),
  setPoints: ({ _id }: Member, points: number) =>
    write(ctx, () => members.for(ctx).updateWhere({ _id }, { $set: { points } }, suiteErrors.soldOut())),
});

const listAll = async ({ members }: ReturnType<typeof createTeam>) =>
  (await members.list({ where: {}, sort: 'createdAt', limit: 100 })).items.map(({ _id }) => _id);

const hiddenCases = (use: () => Fixture): void => {
  it('hides a removed document from every read and list', async () => {
    const team = createTeam(use());
    const [ada, grace] = [await team.add({ handle: 'Ada' }), await team.add()];
    await team.remove(ada);
    await expect(team.members.get(ada._id)).rejects.toMatchObject({ code: 'not-found', data: undefined });
    await expect(team.members.get(ada._id, { version: [1] })).rejects.toMatchObject({ code: 'not-found' });
    expect(await team.members.find({ _id: ada._id })).toBeUndefined();
    expect(await team.members.find({ handle: 'ada' })).toBeUndefined();
    expect(await team.members.getMany([ada._id, grace._id])).toEqual([grace]);
    for (const sort of ['createdAt', '-createdAt', 'name', '-name'] as const) {
      const { items } = await team.members.list({ where: {}, sort, limit: 100 });
      expect(items).toEqual([grace]);
    }
    const ofTeam = await team.members.list({ where: { team: 'red' }, sort: 'createdAt', limit: 100 });
    expect(ofTeam.items).toEqual([grace]);
    const byHandle = await team.members.list({ where: { handle: 'ADA' }, sort: '-createdAt', limit: 1 });
    expect(byHandle).toEqual({ items: [], nextCursor: null });
  });

  it('integrity: rejects a change of a removed document', async () => {
    const team = createTeam(use());
    const ada = await team.add();
    await team.remove(ada);
    await expect(team.setPoints(ada, 5)).rejects.toMatchObject({ code: 'sold-out' });
    const removed = await team.getRemoved(ada);
    const { write, members } = use();
    const update = write(team.ctx, () => members.for(team.ctx).update(removed, { $set: { points: 5 } }));
    await expect(update).rejects.toThrow('Restore it before it is changed');
    await expect(team.remove(removed)).rejects.toThrow('Restore it before it is changed');
    expect(await team.getRemoved(ada)).toEqual(removed);
  });

  it('boundary: a removal of a changed or removed document throws its own error', async () => {
    const team = createTeam(use());
    const ada = await team.add();
    const { write, members } = use();
    const remove = (error: ReturnType<typeof suiteErrors.soldOut>) =>
      write(team.ctx, () => members.for(team.ctx).remove(ada, error));
    await team.setPoints(ada, 5);
    const error = suiteErrors.soldOut();
    await expect(remove(error)).rejects.toBe(error);
    await team.remove(await team.members.get(ada._id));
    await expect(remove(error)).rejects.toBe(error);
  });

  it('race: a cursor stays valid when its document is removed', async () => {
    const team = createTeam(use());
    const [ada, grace] = [await team.add(), await team.add()];
    const page = await team.members.list({ where: {}, sort: 'createdAt', limit: 1 });
    await team.remove(ada);
    const cursor = page.nextCursor ?? '';
    expect(await team.members.list({ where: {}, sort: 'createdAt', limit: 1, cursor })).toMatchObject({
      items: [{ _id: grace._id }],
      nextCursor: null,
    });
  });
};

const restoreCases = (use: () => Fixture): void => {
  it('keeps a removed document with the time of its removal', async () => {
    const team = createTeam(use());
    const ada = await team.add();
    use().clock.advance(5);
    const now = use().clock.now();
    await team.remove(ada);
    const { handle, name, points } = ada;
    expect(await team.getRemoved(ada)).toMatchObject({
      version: 2,
      deleted: true,
      deletedAt: now,
      updatedAt: now,
      handleKey: `removed:${ada._id}`,
      ...{ handle, name, points },
    });
  });

  it('restores the document as it was, with the next version', async () => {
    const team = createTeam(use());
    const ada = await team.add({ handle: 'Ada' });
    await team.remove(ada);
    use().clock.advance(5);
    const restored = await team.restore(ada);
    expect(restored).toEqual({ ...ada, version: 3, updatedAt: use().clock.now() });
    expect(await team.members.get(ada._id)).toEqual(restored);
    expect(await team.members.find({ handle: 'ADA' })).toEqual(restored);
    expect(await listAll(team)).toEqual([ada._id]);
  });

  it('getRemoved throws not-found for an unknown document, and its own error for one that is not removed', async () => {
    const team = createTeam(use());
    const ada = await team.add();
    await expect(team.getRemoved(ada)).rejects.toMatchObject({ code: 'not-removed' });
    await expect(team.getRemoved({ _id: createId() })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('boundary: another tenant’s removed document does not exist', async () => {
    const team = createTeam(use());
    const ada = await team.add();
    await team.remove(ada);
    await expect(createTeam(use()).getRemoved(ada)).rejects.toMatchObject({ code: 'not-found' });
  });
};

const purgeCases = (use: () => Fixture): void => {
  it('deletes a removed document for good, and none that is not removed', async () => {
    const team = createTeam(use());
    const ada = await team.add();
    await expect(team.purge(ada)).rejects.toThrow('Remove it before it is purged');
    await team.remove(ada);
    await team.purge(await team.getRemoved(ada));
    await expect(team.getRemoved(ada)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('race: a document that was restored meanwhile is not purged', async () => {
    const team = createTeam(use());
    const ada = await team.add();
    await team.remove(ada);
    const removed = await team.getRemoved(ada);
    await team.restore(ada);
    await expect(team.purge(removed)).rejects.toMatchObject({ code: 'sold-out' });
    expect(await team.members.get(ada._id)).toMatchObject({ version: 3 });
  });
};

const uniqueCases = (use: () => Fixture): void => {
  it('frees the unique value of a document each time that it is removed', async () => {
    const team = createTeam(use());
    const handles = [];
    for (let count = 0; count < 3; count += 1) {
      const member = await team.add({ handle: 'Same' });
      await team.remove(member);
      handles.push(member._id);
    }
    const last = await team.add({ handle: 'SAME' });
    expect(await team.members.find({ handle: 'same' })).toEqual(last);
    expect(new Set(handles).size).toBe(3);
  });

  it('integrity: rejects the restoration of a document whose unique value was taken meanwhile', async () => {
    const team = createTeam(use());
    const ada = await team.add({ handle: 'Ada' });
    await team.remove(ada);
    const removed = await team.getRemoved(ada);
    await team.add({ handle: 'ADA' });
    await expect(team.restore(ada)).rejects.toMatchObject({ name: 'UniqueViolation', code: 'handle-taken' });
    expect(await team.getRemoved(ada)).toEqual(removed);
  });

  it('boundary: frees and restores the missing value of a unique field', async () => {
    const team = createTeam(use());
    const ada = await team.add({ badge: undefined });
    await team.remove(ada);
    expect(await team.getRemoved(ada)).toMatchObject({ badgeKey: `removed:${ada._id}` });
    const grace = await team.add({ badge: undefined });
    await expect(team.restore(ada)).rejects.toMatchObject({ name: 'UniqueViolation', code: 'badge-taken' });
    await team.remove(grace);
    const restored = await team.restore(ada);
    expect(restored).not.toHaveProperty('badgeKey');
    expect(await team.members.get(ada._id)).toEqual(restored);
  });

  it('race: one of many removals and one of many restorations succeeds', async () => {
    const team = createTeam(use());
    const { race } = createTenant(use(), team.ctx);
    const ada = await team.add();
    const removals = await race(5, ({ members }) => members.remove(ada));
    expect([removals.results.length, new Set(removals.errorCodes)]).toEqual([1, new Set(['stale-version'])]);
    const removed = await team.getRemoved(ada);
    const restorations = await race<unknown>(5, ({ members }) => members.restore(removed, suiteErrors.soldOut()));
    expect([restorations.results.length, new Set(restorations.errorCodes)]).toEqual([1, new Set(['sold-out'])]);
    expect(await team.members.get(ada._id)).toMatchObject({ version: 3, deleted: false });
  });
};

const misuseCases = (use: () => Fixture): void => {
  it('integrity: rejects a filter, a draft or a change with a managed field', async () => {
    const { members, write } = createTenant(use());
    const forged = { deleted: true } as never;
    const message = "'deleted' is written by the collection itself";
    await expect((async () => members.find(forged))()).rejects.toThrow(message);
    await expect(write(() => members.insert({ ...createMember(), ...(forged as object) }))).rejects.toThrow(message);
    const change = { $set: forged };
    const updating = write(() => members.updateWhere({ team: 'red' }, change, suiteErrors.soldOut()));
    await expect(updating).rejects.toThrow(message);
  });

  it('a collection without softDelete neither reads removed documents nor restores', async () => {
    const { context, things } = use();
    const collection = things.for(context()) as unknown as ReturnType<ReturnType<typeof use>['members']['for']>;
    expect(() => collection.restore({} as never)).toThrow(
      'things: only a collection with softDelete keeps removed documents',
    );
    expect(() => collection.getRemoved(createId(), suiteErrors.notRemoved())).toThrow(
      'only a collection with softDelete',
    );
  });

  it('boundary: a filter on another field of a list needs an index, although every filter has the marker', async () => {
    const { context, members } = use();
    await expect(members.for(context()).find({ points: 1 })).rejects.toThrow('no index serves a filter on points.');
    const list = members.for(context()).list({ where: { team: 'red' }, sort: 'name', limit: 1 });
    await expect(list).rejects.toThrow('Add [team, name, _id] to its defineCollection');
  });
};

/** The guarantees of `softDelete`. */
export const softDeleteCases = (use: () => Fixture): void => {
  describe('soft deletion', () => {
    hiddenCases(use);
    restoreCases(use);
    purgeCases(use);
    uniqueCases(use);
    misuseCases(use);
  });
};
