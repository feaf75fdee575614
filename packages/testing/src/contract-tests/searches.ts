import { describe, expect, it } from 'vitest';
import { createMember, createThing, type Thing } from './collections.ts';
import { createTenant, type Fixture } from './fixture.ts';

const drafts: readonly { readonly name: string; readonly note?: string }[] = [
  { name: 'Red lamp', note: 'A lamp of glass' },
  { name: 'Green lamp' },
  { name: 'Table', note: 'of red oak, two metres long, made for a large room' },
  { name: 'Chaise lóngue', note: 'Größe 2' },
  { name: 'lampshade red_oak' },
  { name: '漢字 テーブル' },
];

const addAll = async (fixture: Fixture) => {
  const tenant = createTenant(fixture);
  const documents = await tenant.insertEach(drafts);
  const names = async (text: string, query: object = {}) =>
    (await tenant.things.search({ text, limit: 100, ...query })).map(({ name }) => name);
  return { ...tenant, documents, names };
};

const matchCases = (use: () => Fixture): void => {
  it('finds whole words in every searched field, those with more of them first', async () => {
    const { documents, names, things } = await addAll(use());
    await addAll(use());
    expect(await names('table')).toEqual(['Table']);
    expect(await things.search({ text: 'glass', limit: 1 })).toEqual([documents[0]]);
    expect(await names('red lamp')).toEqual(['Red lamp', 'Green lamp', 'Table']);
    expect(await names('oak')).toEqual(['Table']);
    expect(await names('lam')).toEqual([]);
    expect(await names('lamps')).toEqual([]);
    expect(await names('漢字')).toEqual(['漢字 テーブル']);
    // Words that many languages leave out.
    expect((await names('of a')).toSorted()).toEqual(['Red lamp', 'Table']);
  });

  it('ignores case and accents', async () => {
    const { names } = await addAll(use());
    for (const text of ['LONGUE', 'lòngue', 'chaise', 'CHAISE']) expect(await names(text)).toEqual(['Chaise lóngue']);
    expect(await names('grosse')).toEqual([]);
    expect(await names('GRÖSSE größe')).toEqual(['Chaise lóngue']);
  });

  it('filters by other fields, and returns the best matches up to the limit', async () => {
    const { insertEach, things } = createTenant(use());
    await insertEach([
      { name: 'lamp', rank: 1 },
      { name: 'lamp lamp lamp and much more text', rank: 2, tags: ['sale'] },
      { name: 'a lamp with a long name that has many words', rank: 3, group: 'beta' },
    ]);
    const ranks = async (query: object) =>
      (await things.search({ text: 'lamp', limit: 100, ...query })).map(({ rank }) => rank);
    expect(await ranks({})).toEqual([2, 1, 3]);
    expect(await ranks({ limit: 2 })).toEqual([2, 1]);
    expect(await ranks({ where: { group: 'beta' } })).toEqual([3]);
    expect(await ranks({ where: { rank: { $gte: 2 }, group: { $in: ['alpha'] } } })).toEqual([2]);
    expect(await ranks({ where: { tags: 'sale' } })).toEqual([2]);
  });

  it('finds equal matches in the order of their ids, and what has changed', async () => {
    const { insertEach, things, write } = createTenant(use());
    const documents = (await insertEach([{ name: 'box' }, { name: 'box' }, { name: 'box' }])) as [Thing, Thing, Thing];
    expect(await things.search({ text: 'box', limit: 2 })).toEqual(documents.slice(0, 2));
    const renamed = await write(() => things.update(documents[0], { $set: { name: 'crate' } }));
    await write(() => things.remove(documents[1]));
    expect(await things.search({ text: 'box', limit: 2 })).toEqual([documents[2]]);
    expect(await things.search({ text: 'crate', limit: 2 })).toEqual([renamed]);
  });

  it('omits removed documents, and finds restored ones', async () => {
    const { members, write } = createTenant(use());
    const ada = await write(() => members.insert(createMember({ name: 'Ada Byron', nickname: 'Countess' })));
    const search = () => members.search({ text: 'countess', where: { team: 'red' }, limit: 1 });
    expect(await search()).toEqual([ada]);
    await write(() => members.remove(ada));
    expect(await search()).toEqual([]);
  });
};

const textCases = (use: () => Fixture): void => {
  it.each([
    ['a phrase', '"lamp red"', 3],
    ['an exclusion', 'lamp -red', 3],
    ['an exclusion alone', '-glass', 1],
    ['operators', '$where lamp {$ne: 1}', 2],
    ['a pattern', 'lam.* la[m]p', 0],
    ['an escape', '\\"lamp\\"', 2],
    ['NUL and controls', '\0lamp\0\u0007', 2],
    ['half of a character', '\uD83D lamp', 2],
  ])('integrity: takes %s as words', async (_, text, count) => {
    const { names } = await addAll(use());
    expect(await names(text)).toHaveLength(count);
  });

  it.each(['', ' ', '-', '"', '""', '$', '.*', '\0', '\u{1F600}', '\uD800', '¿?'])(
    'boundary: finds nothing by %j, which has no word',
    async (text) => {
      const { names } = await addAll(use());
      expect(await names(text)).toEqual([]);
    },
  );

  it('boundary: accepts 200 characters and 1 to 100 documents', async () => {
    const { things, write } = createTenant(use());
    await write(() => Array.from({ length: 101 }, () => things.insert(createThing({ name: 'lamp' }))));
    const search = (text: unknown, limit: unknown = 1) => things.search({ text, limit } as never);
    expect(await search(`lamp ${'a '.repeat(97)}b`)).toHaveLength(1);
    expect(await search('lamp', 100)).toHaveLength(100);
    await expect(search('a'.repeat(201))).rejects.toThrow('A search has at most 200 characters.');
    for (const limit of [0, 101, 1.5, '5']) await expect(search('lamp', limit)).rejects.toThrow('1 to 100');
    for (const text of [undefined, null, 5, ['lamp'], { $search: 'lamp' }]) {
      await expect(search(text)).rejects.toThrow('things: a search needs a text.');
    }
  });

  it('rejects a filter by a field or operator that does not exist, and a collection without searched fields', async () => {
    const { contacts, things } = createTenant(use());
    const search = (where: object) => things.search({ text: 'lamp', where: where as never, limit: 1 });
    await expect(search({ $text: { $search: 'x' } })).rejects.toThrow("'$text' is not a field");
    await expect(search({ rank: { $ne: 1 } })).rejects.toThrow('$ne');
    await expect(search({ tenantId: 'x' })).rejects.toThrow('tenant');
    const { search: unsearched } = contacts as unknown as typeof things;
    await expect(unsearched({ text: 'lamp', limit: 1 })).rejects.toThrow(
      "contacts: no field is searched. Add 'search' to its defineCollection.",
    );
  });

  it('a deadline that has passed fails with upstream-timeout', async () => {
    const { context, things } = use();
    const searching = things.for({ ...context(), deadline: 1 }).search({ text: 'lamp', limit: 1 });
    await expect(searching).rejects.toMatchObject({ code: 'upstream-timeout' });
  });
};

/** The guarantees of `search`. */
export const searchCases = (use: () => Fixture): void => {
  describe('search', () => {
    matchCases(use);
    textCases(use);
  });
};
