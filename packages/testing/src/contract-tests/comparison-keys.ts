import { describe, expect, it } from 'vitest';
import { createMember, type Member } from './collections.ts';
import { createTenant, type Fixture, suiteErrors } from './fixture.ts';

const names = ['Bob', 'Zoe', 'alice', 'Émile', 'ZOE', 'emil', 'Emile'];
const sortedNames = ['alice', 'Bob', 'emil', 'Emile', 'Émile', 'ZOE', 'Zoe'];

const addAll = async ({ context, members, write }: Fixture) => {
  const ctx = context();
  await write(ctx, () => names.map((name) => members.for(ctx).insert(createMember({ name }))));
  return { ctx, members: members.for(ctx) };
};

const listCases = (use: () => Fixture): void => {
  it.each([1, 2, 3, 100])('sorts by name without case and accents, in pages of %i', async (limit) => {
    const { members } = await addAll(use());
    for (const sort of ['name', '-name'] as const) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await members.list({ where: {}, sort, limit, cursor });
        seen.push(...page.items.map(({ name }) => name));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(seen).toEqual(sort === 'name' ? sortedNames : sortedNames.toReversed());
    }
  });

  it('applies bounds in the same order', async () => {
    const { members } = await addAll(use());
    const list = async (bounds: object) =>
      (await members.list({ where: { name: bounds }, sort: 'name', limit: 100 })).items.map(({ name }) => name);
    expect(await list({ $gte: 'b', $lt: 'f' })).toEqual(['Bob', 'emil', 'Emile', 'Émile']);
    expect(await list({ $gt: 'Emile' })).toEqual(['Émile', 'ZOE', 'Zoe']);
  });
};

const filterCases = (use: () => Fixture): void => {
  it('finds a value in any spelling and returns it as stored', async () => {
    const { members, write } = createTenant(use());
    const ada = await write(() => members.insert(createMember({ handle: 'Ada' })));
    expect(ada).toMatchObject({ handle: 'Ada', handleKey: 'ada' });
    expect(await members.find({ handle: 'aDA' })).toEqual(ada);
    expect(await members.find({ handle: { $in: ['x', 'ADA'] } })).toEqual(ada);
    expect(await members.find({ handle: 'Adam' })).toBeUndefined();
    await write(() => members.updateWhere({ handle: 'ADA' }, { $inc: { points: 1 } }, suiteErrors.soldOut()));
    expect(await members.get(ada._id)).toMatchObject({ points: 2 });
  });

  it('integrity: two spellings of a unique value are the same', async () => {
    const { members, write } = createTenant(use());
    const add = (handle: string) => write(() => members.insert(createMember({ handle })));
    await add('Ada');
    await expect(add('ADA')).rejects.toMatchObject({ name: 'UniqueViolation', code: 'handle-taken' });
  });
};

const changeCases = (use: () => Fixture): void => {
  it('changes with its field, and is removed with it', async () => {
    const { members, write } = createTenant(use());
    const ada: Member = await write(() => members.insert(createMember({ handle: 'Ada', nickname: 'Countess' })));
    const renamed = await write(() => members.update(ada, { $set: { handle: 'King', name: 'Ada K' } }));
    expect(renamed).toMatchObject({ handle: 'King', handleKey: 'king', nameKey: 'ada k\tAda K' });
    expect(await members.get(ada._id)).toEqual(renamed);
    expect(await members.find({ handle: 'ada' })).toBeUndefined();
    const { _id } = ada;
    await write(() => members.updateWhere({ _id }, { $set: { handle: 'Byron' } }, suiteErrors.soldOut()));
    const changed = await members.get(_id);
    expect(changed).toMatchObject({ handle: 'Byron', handleKey: 'byron', nicknameKey: 'countess' });
    const bare = await write(() => members.update(changed, { $unset: { nickname: true } }));
    expect(bare).not.toHaveProperty('nicknameKey');
    expect(await members.get(_id)).toEqual(bare);
  });

  it('boundary: an absent field has no key', async () => {
    const { members, write } = createTenant(use());
    const ada = await write(() => members.insert(createMember()));
    expect(ada).not.toHaveProperty('nicknameKey');
    const kept = await write(() => members.update(ada, { $set: { nickname: undefined, points: 2 } }));
    expect(kept).not.toHaveProperty('nicknameKey');
  });
};

/** The guarantees of `compareBy`. */
export const comparisonKeyCases = (use: () => Fixture): void => {
  describe('comparison keys', () => {
    listCases(use);
    filterCases(use);
    changeCases(use);
  });
};
