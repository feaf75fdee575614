import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ThingDocument, things } from '../../test/things.ts';
import { type CollectionDefinition, defineCollection } from '../collections/define-collection.ts';
import { assertIndexed, assertLimit, assertTenant, planList } from './plan.ts';

type Filter = Readonly<Record<string, unknown>>;
const definition = things as unknown as CollectionDefinition;
const due = new Date(5);

describe('assertIndexed', () => {
  it.each<[string, Filter]>([
    ['an id', { _id: 'a' }],
    ['ids', { _id: { $in: ['a', 'b'] } }],
    ['an id and anything', { _id: 'a', note: 'b' }],
    ['the first field of an index', { group: 'a' }],
    ['a range of it', { createdAt: { $gte: due } }],
    ['the field of a unique index and anything', { name: 'a', note: 'b' }],
  ])('accepts %s', (_, where) => {
    expect(() => assertIndexed(definition, where)).not.toThrow();
  });

  it.each<[string, Filter, string]>([
    ['nothing', {}, 'nothing'],
    ['a field without an index', { note: 'a' }, 'note'],
    ['the second field of an index', { rank: 1 }, 'rank'],
    ['several of these', { note: 'a', rank: 1 }, 'note, rank'],
    ['a range of ids, which would read documents of other tenants', { _id: { $gt: '' } }, '_id'],
  ])('refuses %s and says where to add an index', (_, where, named) => {
    expect(() => assertIndexed(definition, where)).toThrow(
      `things: no index serves a filter on ${named}. Add one to its defineCollection.`,
    );
  });

  it('accepts a range of ids when an index of the tenant begins with the id', () => {
    const other = defineCollection('others', ThingDocument, {
      tenancy: 'tenant',
      indexes: { byId: { fields: ['_id'] } },
    });
    expect(() => assertIndexed(other as unknown as CollectionDefinition, { _id: { $gt: '' } })).not.toThrow();
  });

  it('refuses every filter that assertWhere refuses', () => {
    expect(() => assertIndexed(definition, { _id: 'a', $where: '1' })).toThrow("'$where' is not a field");
  });
});

describe('planList', () => {
  const plan = (where: Filter, sort: string) => planList(things, { where, sort });
  const range = { $gte: due };

  it.each<[string, Filter, string, object]>([
    ['no filter', {}, 'createdAt', { index: 'byAge', prefix: [], field: 'createdAt', descending: false }],
    ['no filter, descending', {}, '-createdAt', { index: 'byAge', prefix: [], field: 'createdAt', descending: true }],
    ['bounds on the sort', { createdAt: range }, '-createdAt', { index: 'byAge', prefix: [], field: 'createdAt' }],
    ['one field', { group: 'a' }, 'createdAt', { index: 'byGroup', prefix: ['group'], field: 'createdAt' }],
    [
      'both',
      { createdAt: range, group: 'a' },
      'createdAt',
      { index: 'byGroup', prefix: ['group'], field: 'createdAt' },
    ],
    [
      'two fields',
      { rank: 1, group: 'a' },
      '-name',
      { index: 'byGroupAndRank', prefix: ['group', 'rank'], field: 'name' },
    ],
    ['the id as the sort', { group: 'a' }, '_id', { index: 'byId', prefix: ['group'], field: '_id' }],
    ['ids from one on', { group: 'a', _id: { $gt: 'b' } }, '_id', { index: 'byId', prefix: ['group'], field: '_id' }],
  ])('serves %s by the index with the order of the page', (_, where, sort, expected) => {
    expect(plan(where, sort)).toMatchObject({ ...expected, single: false });
  });

  it('serves a filter on all fields of a unique index by that index, with any sort', () => {
    const expected = { index: 'byName', single: true, prefix: ['name'], field: 'rank', descending: true };
    expect(plan({ name: 'a' }, '-rank')).toMatchObject(expected);
    expect(plan({ name: 'a', createdAt: range, group: { $in: ['b'] } }, '-rank')).toMatchObject(expected);
  });

  it('uses no unique index for a filter with more or fewer fields', () => {
    expect(() => plan({ name: 'a', group: 'b' }, 'rank')).toThrow('Add [name, group, rank, _id]');
    expect(() => plan({ name: { $in: ['a'] } }, 'createdAt')).toThrow('Add [name, createdAt, _id]');
  });

  it.each<[string, Filter, string, string]>([
    ['an unindexed sort', {}, '-rank', 'without a filter, sorted by -rank. Add [rank, _id]'],
    ['an unindexed filter', { note: 'a' }, 'createdAt', 'by note sorted by createdAt. Add [note, createdAt, _id]'],
    [
      'a filter too many',
      { group: 'a', active: true },
      'createdAt',
      'by group, active sorted by createdAt. Add [group, active, createdAt, _id]',
    ],
    ['an index that only begins alike', { group: 'a' }, 'rank', 'by group sorted by rank. Add [group, rank, _id]'],
    ['an unindexed sort by id', { rank: 1 }, '-_id', 'by rank sorted by -_id. Add [rank, _id]'],
    ['an unindexed $in', { rank: { $in: [1] } }, 'name', 'by rank sorted by name. Add [rank, name, _id]'],
    [
      'bounds on a field that no index has after the sorted one',
      { group: 'a', createdAt: range, rank: { $gt: 1 } },
      'createdAt',
      'by group sorted by createdAt with bounds on rank. Add [group, createdAt, _id, rank]',
    ],
  ])('refuses %s and names the index to add', (_, where, sort, named) => {
    expect(() => plan(where, sort)).toThrow(`things: no index serves a list ${named} to its defineCollection.`);
  });

  it('boundary: serves $in with up to 20 values, and bounds on one field after the sorted one', () => {
    const inGroup = (count: number) => ({ group: { $in: Array.from({ length: count }, (_, index) => `g${index}`) } });
    const expected = { index: 'byGroup', prefix: ['group'], inField: 'group', trailing: [], skippedBy: undefined };
    for (const count of [0, 1, 20]) expect(plan(inGroup(count), '-createdAt')).toMatchObject(expected);
    expect(() => plan(inGroup(21), '-createdAt')).toThrow("$in on 'group' takes at most 20 values in a list.");
    const ranked = { group: 'a', due: range, rank: { $gt: 1 } };
    const served = { index: 'byGroupAndDue', prefix: ['group'], trailing: ['rank'] };
    expect(plan(ranked, '-due')).toMatchObject({ ...served, inField: undefined, skippedBy: 'rank' });
    expect(plan({ ...ranked, ...inGroup(2) }, 'due')).toMatchObject({ ...served, inField: 'group', skippedBy: 'rank' });
    expect(plan({ group: 'a' }, 'due')).toMatchObject({ ...served, inField: undefined, skippedBy: undefined });
  });

  it.each<[string, Filter, string]>([
    [
      'bounds on two other fields',
      { rank: { $gt: 1 }, due: range },
      "a list supports bounds on 'createdAt', by which it is sorted, and on one other field; this one has them on rank, due.",
    ],
    [
      '$in on two fields',
      { group: { $in: ['a'] }, rank: { $in: [1] } },
      'a list supports $in on one field, and this one has it on group, rank.',
    ],
    [
      '$in on the sort',
      { createdAt: { $in: [due] } },
      "$in is not supported on 'createdAt', by which the list is sorted; use bounds.",
    ],
    [
      '$in and bounds on one field',
      { group: { $in: ['a'], $gt: 'a' } },
      "a list supports either $in or bounds on 'group', not both.",
    ],
  ])('refuses %s and says what is wrong', (_, where, message) => {
    expect(() => plan(where, 'createdAt')).toThrow(`things: ${message}`);
  });

  it('serves an element of an array before the sorted field, and no sort by an array', () => {
    const expected = { index: 'byTag', prefix: ['tags'], merged: true };
    expect(plan({ tags: 'red' }, '-createdAt')).toMatchObject(expected);
    expect(plan({ tags: { $in: ['red'] } }, 'createdAt')).toMatchObject({ ...expected, inField: 'tags' });
    expect(plan({ group: 'a' }, 'createdAt')).toMatchObject({ merged: false });
    expect(() => plan({}, 'tags')).toThrow("things: a list cannot be sorted by 'tags', which is an array.");
    expect(() => plan({ tags: 'red' }, 'note')).toThrow("cannot be sorted by 'note', which documents may lack.");
    expect(() => plan({ tags: 'red' }, 'rank')).toThrow('Add [tags, rank, _id]');
  });

  it('uses no index with an array that the filter does not name', () => {
    const indexes = { trailing: { fields: ['createdAt', '_id', 'tags'] } } as const;
    const other = defineCollection('others', ThingDocument, { tenancy: 'tenant', indexes });
    expect(() => planList(other, { where: {}, sort: 'createdAt' })).toThrow('Add [createdAt, _id]');
  });

  it('refuses two arrays, which no index serves', () => {
    const schema = ThingDocument.extend({ labels: z.array(z.string()) });
    const other = defineCollection('others', schema, { tenancy: 'tenant', indexes: {} });
    expect(() => planList(other, { where: { tags: 'a', labels: 'b' }, sort: 'rank' })).toThrow(
      'others: a list filters by one array, and this one by tags, labels.',
    );
  });

  it('refuses $in and other bounds when documents may lack the sorted field', () => {
    for (const where of [{ group: { $in: ['a'] } }, { rank: { $gt: 1 } }]) {
      expect(() => plan(where, 'note')).toThrow(
        "things: a list with $in, bounds on another field or an element of an array cannot be sorted by 'note', which documents may lack.",
      );
    }
  });

  it.each<[string, Filter, string]>([
    ['createdAt', { createdAt: due }, '-createdAt'],
    ['_id', { _id: 'a' }, 'createdAt'],
  ])("refuses to filter by equality on '%s' and sort by it, which no index serves", (field, where, sort) => {
    expect(() => plan(where, sort)).toThrow(
      `things: a list cannot filter by equality on '${field}' and sort by it; use find or another sort.`,
    );
  });

  it.each<[string, Filter]>([
    ['a foreign operator', { $where: '1' }],
    ['a tenant', { tenantId: 'acme' }],
    ['an empty condition', { createdAt: {} }],
  ])('refuses %s', (_, where) => {
    expect(() => plan(where, 'createdAt')).toThrow(/^things: /);
  });
});

describe('assertTenant', () => {
  it('refuses a context without a tenant and says how to require one', () => {
    expect(() => assertTenant(things, { tenantId: '' })).toThrow(
      `'${things.name}' belongs to tenants, and this context has no tenant. Require a credential.`,
    );
    assertTenant(things, { tenantId: 'acme' });
  });
});

describe('assertLimit', () => {
  it('boundary: accepts 1 to 100', () => {
    for (const limit of [1, 100]) assertLimit(limit);
    for (const limit of [0, 101, 1.5, Number.NaN])
      expect(() => assertLimit(limit)).toThrow('A page has 1 to 100 items.');
  });
});
