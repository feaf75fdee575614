import { describe, expect, it } from 'vitest';
import { type Flat, issueOf, ListThings, time } from '../../test/list-things.ts';

describe('limit', () => {
  it.each([
    ['1', 1],
    ['100', 100],
    [100, 100],
  ])('takes %j', (limit, expected) => {
    expect(ListThings.parse({ limit: limit as number }).limit).toBe(expected);
  });

  it.each(['0', '101', '-1', '1.5', '', ' ', 'abc', 'NaN', 'Infinity', '1e9', null, ['5', '6'], { $gt: 0 }])(
    'refuses %j',
    (limit) => {
      expect(issueOf({ limit })).toMatchObject({ path: ['limit'] });
    },
  );

  it.each(['0x10', '0b11', '0o7', '1e1', '+5', ' 5', '5 ', '5\n', '5_0', '٥', true])(
    'refuses %j, which is not in decimal digits',
    (limit) => {
      expect(issueOf({ limit })).toMatchObject({
        path: ['limit'],
        message: 'must be a whole number from 1 to 100, in decimal digits',
      });
    },
  );
});

describe('fields', () => {
  it.each([
    ['id', ['id']],
    ['id,name,createdAt', ['id', 'name', 'createdAt']],
    ['name,id,name', ['name', 'id', 'name']],
  ])('takes %j', (fields, expected) => {
    expect(ListThings.parse({ fields }).fields).toEqual(expected);
  });

  it.each([
    '',
    ',',
    'id,',
    ',id',
    'id,,name',
    'id, name',
    'secret',
    'id,secret',
    'ID',
    'id\n',
    'idname',
    '__proto__',
    'constructor',
  ])('refuses %j and names those that exist', (fields) => {
    expect(issueOf({ fields })).toMatchObject({
      path: ['fields'],
      message: 'must name fields of id, name, group, createdAt',
    });
  });
});

describe('cursor', () => {
  it.each(['', 'a'.repeat(2049), ['a', 'b'], { $ne: '' }])('refuses one that cannot be ours: %j', (cursor) => {
    expect(issueOf({ cursor })).toMatchObject({ path: ['cursor'] });
  });
});

describe('a parameter', () => {
  it.each([
    'page',
    'offset',
    'Sort',
    'createdAt',
    'createdAt[ne]',
    'createdAt[$gte]',
    'group[in]',
    'tenantId',
    '$where',
  ])("refuses '%s', which the contract does not list", (name) => {
    expect(issueOf({ [name]: 'a' })).toMatchObject({ code: 'unrecognized_keys', keys: [name] });
  });

  it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'])(
    "refuses '%s', also when it comes on an object without a prototype",
    (name) => {
      const plain = JSON.parse(`{ "${name}": "a" }`) as Flat;
      const bare = Object.assign(Object.create(null) as Flat, { group: 'wood' });
      Object.defineProperty(bare, name, { value: 'a', enumerable: true });
      expect(issueOf(plain)).toMatchObject({ code: 'unrecognized_keys', keys: [name] });
      expect(issueOf(bare)).toMatchObject({ code: 'unrecognized_keys', keys: [name] });
    },
  );

  it.each<[string, Flat]>([
    ['group', { group: ['wood', 'light'] }],
    ['sort', { sort: ['name', 'name'] }],
    ['fields', { fields: ['id', 'name'] }],
    ['createdAt[gte]', { 'createdAt[gte]': [time, time] }],
    ['tag', { group: 'wood', tag: { $ne: '' } }],
    ['group', { group: 'stone' }],
    ['group', { group: '' }],
    ['createdAt[gte]', { 'createdAt[gte]': '' }],
    ['createdAt[gte]', { 'createdAt[gte]': 'yesterday' }],
  ])("refuses '%s' when it is repeated, an operator or not of its schema: %j", (name, query) => {
    expect(issueOf(query)).toMatchObject({ path: [name] });
  });

  it('names the legal sorts where the sort is none', () => {
    expect(issueOf({ sort: 'group' })).toMatchObject({ path: ['sort'], values: ['-createdAt', 'name', 'createdAt'] });
  });
});
