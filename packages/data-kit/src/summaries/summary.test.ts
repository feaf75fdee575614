import { commonErrors } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';
import { ThingDocument, things } from '../../test/things.ts';
import type { StoredCollection } from '../collections/collection.ts';
import { defineCollection } from '../collections/define-collection.ts';
import { manageCollection } from '../collections/manage-collection.ts';
import { planSummary } from './plan.ts';
import { assertSummary, summarisedDocumentsMax, toSummaries } from './summary.ts';

describe('planSummary', () => {
  it.each<[string, Parameters<typeof planSummary>[1], string]>([
    ['no filter', { where: {} }, 'byAge'],
    ['equality', { where: { group: 'a' } }, 'byGroup'],
    ['equality and bounds', { where: { group: 'a', rank: { $gt: 1 } } }, 'byGroupAndRank'],
    ['an element of an array', { where: { tags: 'a' } }, 'byTag'],
    [
      'the fields that it reads, as far as an index has them',
      { where: { group: 'a' }, sum: ['rank'] },
      'byGroupAndRank',
    ],
    ['fields that no index has together', { where: { group: 'a' }, by: 'note', sum: ['rank'] }, 'byGroup'],
  ])('chooses an index for %s', (_, query, index) => {
    expect(planSummary(things, query)).toBe(index);
  });

  it('refuses bounds on two fields', () => {
    const where = { rank: { $gt: 1 }, due: { $gt: new Date(5) } };
    expect(() => planSummary(things, { where })).toThrow(
      'a summary has bounds on one field, and this one on rank, due.',
    );
  });

  it('chooses no index with an array that the filter does not name', () => {
    const indexes = { byTag: { fields: ['group', 'tags', '_id'] } } as const;
    const other = defineCollection('others', ThingDocument, { tenancy: 'tenant', indexes });
    expect(() => planSummary(other, { where: {} })).toThrow(
      'others: no index serves a summary without a filter. Add [_id] to its defineCollection.',
    );
    expect(planSummary(other, { where: { group: 'a', tags: 'b' } })).toBe('byTag');
  });
});

describe('assertSummary', () => {
  it.each<[string, object, string]>([
    ['an expression', { by: '$group' }, "'$group' is not a field"],
    ['an operator', { byDay: { $now: 1 } }, 'is not a field'],
    ['a path', { sum: ['size.width'] }, "'size.width' is not a field"],
    ['an inherited name', { sum: ['rank', '__proto__'] }, "'__proto__' is not a field"],
    ['no group', { groupsMax: 0 }, '1 to 1,000 groups'],
    ['too many groups', { groupsMax: 1001 }, '1 to 1,000 groups'],
  ])('refuses %s', (_, part, message) => {
    expect(() => assertSummary(things, { groupsMax: 1, ...part })).toThrow(message);
  });

  it('boundary: accepts fields of the document, and 1 to 1,000 groups', () => {
    for (const groupsMax of [1, 1000]) {
      expect(() => assertSummary(things, { by: 'group', byDay: 'due', sum: ['rank'], groupsMax })).not.toThrow();
    }
  });
});

describe('a summary of a collection', () => {
  it('reads no removed document, and returns the sums by name', async () => {
    const queries: unknown[] = [];
    const stored = {
      summarise: async (query: unknown) => {
        queries.push(query);
        return [{ by: 'a', count: 2, sums: [5] }];
      },
    } as unknown as StoredCollection<ThingDocument>;
    const options = { tenancy: 'tenant', softDelete: true, indexes: {} } as const;
    const definition = defineCollection('others', ThingDocument, options);
    const { summarise } = manageCollection(stored, { definition, clock: { now: () => new Date(0) }, incoming: [] });
    const query = { where: {}, by: 'group', sum: ['rank'], groupsMax: 1 } as const;
    expect(await summarise(query, commonErrors.notFound())).toEqual([{ by: 'a', count: 2, sum: { rank: 5 } }]);
    expect(queries).toEqual([{ ...query, where: { deleted: false } }]);
  });
});

describe('toSummaries', () => {
  const tooLarge = commonErrors.notFound();

  it('boundary: refuses more documents than a summary reads', () => {
    const summarise = (count: number) => toSummaries([{ count, sums: [] }], { groupsMax: 1 }, tooLarge);
    expect(summarise(summarisedDocumentsMax)).toEqual([{ count: summarisedDocumentsMax }]);
    expect(() => summarise(summarisedDocumentsMax + 1)).toThrow(tooLarge);
  });

  it('sorts days first, then values, an absent one before all', () => {
    const [early, late] = [new Date('2026-01-01'), new Date('2026-01-02')];
    const rows = [
      { by: 'b', day: late, count: 1, sums: [] },
      { by: 'a', day: late, count: 2, sums: [] },
      { by: 'z', day: null, count: 3, sums: [] },
      { day: early, count: 4, sums: [] },
      { by: 'a', day: early, count: 5, sums: [] },
    ];
    const summaries = toSummaries(rows, { by: 'name', byDay: 'due', groupsMax: 9 }, tooLarge);
    expect(summaries.map((summary) => (summary as { count: number }).count)).toEqual([3, 4, 5, 2, 1]);
  });
});
