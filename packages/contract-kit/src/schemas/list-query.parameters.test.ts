import { describe, expect, it } from 'vitest';
import { type Flat, getIssue, ListThings, time } from '../../test/list-things.ts';

describe('limit', () => {
  it.each([
    ['1', 1],
    ['007', 7],
    ['100', 100],
    [100, 100],
  ])('accepts %j', (limit, expected) => {
    expect(ListThings.parse({ limit: limit as number }).limit).toBe(expected);
  });

  it.each([
    '0',
    '101',
    '-1',
    '',
    ' ',
    'abc',
    '1.5',
    'NaN',
    'Infinity',
    '1e1',
    '0x10',
    '+5',
    ' 5',
    '5 ',
    '٣',
    null,
    true,
    ['5', '6'],
    { $gt: 0 },
  ])('refuses %j', (limit) => {
    expect(getIssue({ limit })).toMatchObject({ path: ['limit'] });
  });
});

describe('fields', () => {
  it.each([
    ['id', ['id']],
    ['id,name,createdAt', ['id', 'name', 'createdAt']],
    ['name,id,name', ['name', 'id', 'name']],
  ])('accepts %j', (fields, expected) => {
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
  ])('refuses %j and names the fields', (fields) => {
    expect(getIssue({ fields })).toMatchObject({
      path: ['fields'],
      message: 'must name fields of id, name, group, createdAt',
    });
  });
});

describe('cursor', () => {
  it.each(['', 'a'.repeat(2049), ['a', 'b'], { $ne: '' }])('refuses %j, which the server never returns', (cursor) => {
    expect(getIssue({ cursor })).toMatchObject({ path: ['cursor'] });
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
    expect(getIssue({ [name]: 'a' })).toMatchObject({ code: 'unrecognized_keys', keys: [name] });
  });

  it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'])(
    "refuses '%s', even on an object without a prototype",
    (name) => {
      const plain = JSON.parse(`{ "${name}": "a" }`) as Flat;
      const bare = Object.assign(Object.create(null) as Flat, { group: 'wood' });
      Object.defineProperty(bare, name, { value: 'a', enumerable: true });
      expect(getIssue(plain)).toMatchObject({ code: 'unrecognized_keys', keys: [name] });
      expect(getIssue(bare)).toMatchObject({ code: 'unrecognized_keys', keys: [name] });
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
    expect(getIssue(query)).toMatchObject({ path: [name] });
  });

  it('names the supported sorts when the sort is not one of them', () => {
    expect(getIssue({ sort: 'group' })).toMatchObject({ path: ['sort'], values: ['-createdAt', 'name', 'createdAt'] });
  });
});
