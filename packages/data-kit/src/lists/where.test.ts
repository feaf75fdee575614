import { describe, expect, it } from 'vitest';
import { things } from '../../test/things.ts';
import type { CollectionDefinition } from '../collections/define-collection.ts';
import { assertWhere, type Filter, getIn, getRange } from './where.ts';

const definition = things as unknown as CollectionDefinition;
const due = new Date(5);

describe('assertWhere accepts', () => {
  it.each<[string, Filter]>([
    ['nothing', {}],
    ['text, empty or not', { name: '', group: '$where' }],
    ['numbers', { rank: -1.5, version: 0 }],
    ['booleans', { active: false }],
    ['times', { due }],
    ['an optional field', { note: 'a' }],
    ['a list of values', { name: { $in: ['a', 'b'] }, rank: { $in: [] } }],
    ['an element of an array', { tags: 'red' }],
    ['several elements', { tags: { $in: ['a', 'b'] } }],
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

  it('an unknown operator next to a known one', () => {
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

  it('bounds on an array', () => {
    expect(() => assertWhere(definition, { tags: { $gte: 'a' } })).toThrow(
      "things: 'tags' is an array: a filter takes an element or $in of several, and no bounds.",
    );
  });

  it.each(['a', 1, { 0: 'a', length: 1 }, undefined])('$in with %j in place of a list', (value) => {
    expect(() => assertWhere(definition, { name: { $in: value } })).toThrow('things: $in needs a list.');
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

  it('differs from the values of $in', () => {
    expect(getIn({ name: { $in: ['a'] } }, 'name')).toEqual(['a']);
    expect(getIn({ name: 'a', rank: { $gt: 1 }, due }, 'rank')).toBeUndefined();
    expect(getIn({ due }, 'due')).toBeUndefined();
  });
});
