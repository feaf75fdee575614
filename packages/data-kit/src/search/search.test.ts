import { describe, expect, it } from 'vitest';
import { ThingDocument, things } from '../../test/things.ts';
import type { StoredCollection } from '../collections/collection.ts';
import { type CollectionDefinition, defineCollection } from '../collections/define-collection.ts';
import { manageCollection } from '../collections/manage-collection.ts';
import { toWords } from './search.ts';

const searched = defineCollection('things', ThingDocument, {
  tenancy: 'tenant',
  softDelete: true,
  search: ['name'],
  indexes: {},
});

/** A managed collection over one that records the searches that reach it. */
const createManaged = (definition: CollectionDefinition<ThingDocument>) => {
  const searches: unknown[] = [];
  const stored = { search: async (query: unknown) => void searches.push(query) };
  const managed = { definition, clock: { now: () => new Date(0) }, incoming: [] };
  const { search } = manageCollection(stored as unknown as StoredCollection<ThingDocument>, managed);
  return { search, searches };
};

describe('search', () => {
  it('passes on the words, and a filter without removed documents', async () => {
    const { search, searches } = createManaged(searched);
    await search({ text: 'Red lamp', where: { group: 'a' }, limit: 5 });
    expect(searches).toEqual([{ words: ['Red', 'lamp'], where: { group: 'a', deleted: false }, limit: 5 }]);
  });

  it('sends nothing for a text without words', async () => {
    const { search, searches } = createManaged(searched);
    expect(await search({ text: '"-"', limit: 5 })).toEqual([]);
    expect(searches).toEqual([]);
  });

  it('boundary: refuses too long a text, another type, and a collection without searched fields', async () => {
    const { search } = createManaged(searched);
    await expect(search({ text: 'a'.repeat(201), limit: 5 })).rejects.toThrow('A search has at most 200 characters.');
    await expect(search({ text: {} as never, limit: 5 })).rejects.toThrow('things: a search needs a text.');
    await expect(search({ text: 'a', limit: 101 })).rejects.toThrow('1 to 100');
    const without = createManaged(things).search({ text: 'a', limit: 5 });
    await expect(without).rejects.toThrow("things: no field is searched. Add 'search' to its defineCollection.");
  });
});

describe('toWords', () => {
  it.each([
    ['', []],
    ['Red-lamp, 2 m', ['Red', 'lamp', '2', 'm']],
    ['"a b" -c $where {$ne:1}', ['a', 'b', 'c', 'where', 'ne', '1']],
    ['e\u0301t\u00e9 \u6f22\u5b57 a_b', ['e\u0301t\u00e9', '\u6f22\u5b57', 'a_b']],
    ['\0\u0007.*\u{1F600}\uD800', []],
  ])('splits %j', (text, words) => {
    expect(toWords(text)).toEqual(words);
  });
});
