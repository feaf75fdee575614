import { describe, expect, it } from 'vitest';
import { ThingDocument, things } from '../../test/things.ts';
import { type CollectionDefinition, defineCollection } from '../collections/define-collection.ts';
import { assertIndexed, assertLimit, assertTenant, assertWhere, getRange, planList } from './plan.ts';

type Filter = Readonly<Record<string, unknown>>;
const definition = things as unknown as CollectionDefinition;
const due = new Date(5);

describe('assertWhere accepts', () => {
  it.each<[string, Filter]>([
    ['nothing', {}],
    ['text, also empty', { name: '', group: '$where' }],
    ['numbers', { rank: -1.5, version: 0 }],
    ['booleans', { active: false }],
    ['times', { due }],
    ['an optional field', { note: 'a' }],
    ['a list of values', { name: { $in: ['a', 'b'] }, rank: { $in: [] } }],
    ['bounds', { due: { $gt: due, $lte: due }, rank: { $gte: 1, $lt: 2 } }],
    ['operators on an object without a prototype', { rank: Object.assign(Object.create(null), { $gt: 1 }) }],
  ])('%s', (_, where) => {
    expect(() => assertWhere(definition, where)).not.toThrow();
  });
});

describe('assertWhere refuses', () => {
  it.each([
    '$where',
    '$or',
    '$expr',
    '$comment',
    'name.first',
    'nope',
    '',
    'constructor',
    'toString',
    'hasOwnProperty',
  ])("'%s', which is not a field", (field) => {
    expect(() => assertWhere(definition, { [field]: 'a' })).toThrow(
      `things: '${field}' is not a field of the document.`,
    );
  });

  it('a prototype key from JSON', () => {
    const where = JSON.parse('{ "__proto__": "a" }') as Filter;
    expect(() => assertWhere(definition, where)).toThrow("things: '__proto__' is not a field of the document.");
  });

  it.each(['acme', { $in: ['acme', 'other'] }, { $ne: '' }, undefined])('a tenant: %j', (tenantId) => {
    expect(() => assertWhere(definition, { tenantId })).toThrow('things: the tenant comes from the context');
  });

  it.each(['$ne', '$regex', '$where', '$exists', '$nin', '$not', '$elemMatch', '$eq', 'a', 'toString', '$GT'])(
    "the operator '%s'",
    (operator) => {
      expect(() => assertWhere(definition, { name: { [operator]: 'a' } })).toThrow(
        `things: '${operator}' is not an operator; use equality, $in, $gt, $gte, $lt or $lte.`,
      );
    },
  );

  it('an unknown operator beside a known one', () => {
    expect(() => assertWhere(definition, { rank: { $gte: 1, $ne: 2 } })).toThrow("'$ne' is not an operator");
  });

  it('a prototype key as an operator', () => {
    const where = JSON.parse('{ "name": { "__proto__": { "$gt": "" } } }') as Filter;
    expect(() => assertWhere(definition, where)).toThrow("'__proto__' is not an operator");
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['an invalid time', new Date(Number.NaN)],
    ['a list', ['a']],
    ['an empty list', []],
    ['an empty object, which a database interprets as a value', {}],
    ['a regular expression', /a/],
    ['a map', new Map([['$gt', '']])],
    ['a function', () => true],
    ['a symbol', Symbol('a')],
    ['a bigint', 1n],
  ])('%s as a value', (_, value) => {
    expect(() => assertWhere(definition, { name: value })).toThrow(
      "things: the filter on 'name' is neither a scalar value nor a set of operators.",
    );
  });

  it.each<[string, unknown]>([
    ['an operator', { $ne: '' }],
    ['an object', {}],
    ['a list', ['a']],
    ['null', null],
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['an invalid time', new Date(Number.NaN)],
    ['a regular expression', /a/],
  ])('%s inside an operator', (_, value) => {
    const message = "on 'name' takes scalar values only.";
    expect(() => assertWhere(definition, { name: { $gte: value } })).toThrow(`things: '$gte' ${message}`);
    expect(() => assertWhere(definition, { name: { $in: ['a', value] } })).toThrow(`things: '$in' ${message}`);
  });

  it.each(['a', 1, { 0: 'a', length: 1 }, undefined])('$in with %j in place of a list', (value) => {
    expect(() => assertWhere(definition, { name: { $in: value } })).toThrow('things: $in needs a list.');
  });
});

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

describe('getRange', () => {
  it('returns the bounds of a field, or undefined', () => {
    expect(getRange({ rank: { $gt: 1 } }, 'rank')).toEqual({ $gt: 1 });
    expect(getRange({ rank: 1, due, name: { $in: ['a'] } }, 'rank')).toBeUndefined();
    expect(getRange({ due }, 'due')).toBeUndefined();
    expect(getRange({ name: { $in: ['a'] } }, 'name')).toBeUndefined();
    expect(getRange({}, 'name')).toBeUndefined();
  });
});

describe('planList', () => {
  const plan = (where: Filter, sort: string) => planList(things, { where, sort });
  const range = { $gte: due };

  it.each<[string, Filter, string, object]>([
    ['no filter', {}, 'createdAt', { index: 'byAge', equal: [], field: 'createdAt', descending: false }],
    ['no filter, descending', {}, '-createdAt', { index: 'byAge', equal: [], field: 'createdAt', descending: true }],
    ['bounds on the sort', { createdAt: range }, '-createdAt', { index: 'byAge', equal: [], field: 'createdAt' }],
    ['one field', { group: 'a' }, 'createdAt', { index: 'byGroup', equal: ['group'], field: 'createdAt' }],
    ['both', { createdAt: range, group: 'a' }, 'createdAt', { index: 'byGroup', equal: ['group'], field: 'createdAt' }],
    [
      'two fields',
      { rank: 1, group: 'a' },
      '-name',
      { index: 'byGroupAndRank', equal: ['group', 'rank'], field: 'name' },
    ],
    ['the id as the sort', { group: 'a' }, '_id', { index: 'byId', equal: ['group'], field: '_id' }],
    ['ids from one on', { group: 'a', _id: { $gt: 'b' } }, '_id', { index: 'byId', equal: ['group'], field: '_id' }],
  ])('serves %s by the index with the order of the page', (_, where, sort, expected) => {
    expect(plan(where, sort)).toMatchObject({ ...expected, single: false });
  });

  it('serves a filter on all fields of a unique index by that index, with any sort', () => {
    const expected = { index: 'byName', single: true, equal: ['name'], field: 'rank', descending: true };
    expect(plan({ name: 'a' }, '-rank')).toEqual(expected);
    expect(plan({ name: 'a', createdAt: range }, '-rank')).toEqual(expected);
  });

  it('uses no unique index for a filter with more or fewer fields', () => {
    expect(() => plan({ name: 'a', group: 'b' }, 'rank')).toThrow('Add [name, group, rank, _id]');
    expect(() => plan({ name: { $in: ['a'] } }, 'createdAt')).toThrow('ranges on the sorted field only');
  });

  it.each<[string, Filter, string, string]>([
    ['an unindexed sort', {}, '-rank', 'by nothing sorted by -rank. Add [rank, _id]'],
    ['an unindexed filter', { note: 'a' }, 'createdAt', 'by note sorted by createdAt. Add [note, createdAt, _id]'],
    [
      'a filter too many',
      { group: 'a', active: true },
      'createdAt',
      'by group, active sorted by createdAt. Add [group, active, createdAt, _id]',
    ],
    ['an index that only begins alike', { group: 'a' }, 'rank', 'by group sorted by rank. Add [group, rank, _id]'],
    ['an unindexed sort by id', { rank: 1 }, '-_id', 'by rank sorted by -_id. Add [rank, _id]'],
  ])('refuses %s and names the index to add', (_, where, sort, named) => {
    expect(() => plan(where, sort)).toThrow(`things: no index serves a list ${named} to its defineCollection.`);
  });

  it.each<[string, Filter]>([
    ['bounds on another field', { rank: { $gt: 1 } }],
    ['bounds on the sort and on another field', { createdAt: range, rank: { $gt: 1 } }],
    ['$in on another field', { group: { $in: ['a'] } }],
    ['$in on the sort', { createdAt: { $in: [due] } }],
    ['$in and bounds on the sort', { createdAt: { $in: [due], $gt: due } }],
  ])('refuses %s', (_, where) => {
    expect(() => plan(where, 'createdAt')).toThrow(
      "things: a list accepts ranges on the sorted field only, which is 'createdAt'.",
    );
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
