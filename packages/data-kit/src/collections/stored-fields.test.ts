import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ThingDocument, things } from '../../test/things.ts';
import { defineCollection } from './define-collection.ts';
import { toKeys, toStoredChange, toStoredDraft, toStoredSort, toStoredWhere } from './stored-fields.ts';

const lowerCase = { schema: z.string(), toKey: (text: string) => text.toLowerCase() };

const compared = defineCollection('compared', ThingDocument, {
  tenancy: 'tenant',
  compareBy: { name: lowerCase, note: lowerCase },
  indexes: { byName: { fields: ['name', '_id'] } },
});

describe('toStoredWhere', () => {
  it.each([
    ['a value', { name: 'LAMP' }, { nameKey: 'lamp' }],
    ['a list of values', { name: { $in: ['A', 'b'] } }, { nameKey: { $in: ['a', 'b'] } }],
    ['bounds', { name: { $gte: 'B', $lt: 'F' } }, { nameKey: { $gte: 'b', $lt: 'f' } }],
    ['an absent bound', { name: { $gte: 'B', $lt: undefined } }, { nameKey: { $gte: 'b', $lt: undefined } }],
    ['null', { name: null }, { nameKey: null }],
  ])('compares %s by the key of its field', (_, where, stored) => {
    expect(toStoredWhere(compared, where)).toEqual(stored);
  });

  it('keeps the conditions of fields without a key', () => {
    const where = { group: 'Light', rank: { $gt: 1 }, due: new Date(5), active: true };
    expect(toStoredWhere(compared, where)).toEqual(where);
  });

  it('keeps a field that is named like a property of the prototype', () => {
    expect(toStoredWhere(compared, { toString: 'A' })).toEqual({ toString: 'A' });
  });
});

describe('toStoredSort', () => {
  it.each([
    ['name', 'nameKey'],
    ['-name', '-nameKey'],
    ['rank', 'rank'],
    ['-rank', '-rank'],
  ])('%s becomes %s', (sort, stored) => {
    expect(toStoredSort(compared, sort)).toBe(stored);
  });
});

describe('toKeys', () => {
  it('has no key for a field that is absent or has no text', () => {
    expect(toKeys(compared, { name: 'Lamp', note: undefined, group: 'Light' })).toEqual({ nameKey: 'lamp' });
  });
});

describe('toStoredDraft', () => {
  it('adds nothing without comparison keys and soft deletion', () => {
    const draft = { name: 'Lamp' };
    expect(toStoredDraft(things, draft)).toEqual(draft);
  });
});

describe('toStoredChange', () => {
  it.each<[string, object, object]>([
    ['sets the key with its field', { $set: { note: 'Old' } }, { $set: { note: 'Old', noteKey: 'old' } }],
    ['unsets the key with its field', { $unset: { note: true } }, { $unset: { note: true, noteKey: true } }],
    ['sets no key for an undefined value', { $set: { note: undefined } }, { $set: { note: undefined } }],
    ['keeps other fields', { $set: { rank: 1 }, $unset: { due: true } }, { $set: { rank: 1 }, $unset: { due: true } }],
    ['keeps $inc and $push', { $inc: { rank: 1 }, $push: { tags: 'A' } }, { $inc: { rank: 1 }, $push: { tags: 'A' } }],
    ['accepts an undefined part', { $set: undefined }, { $set: undefined }],
  ])('%s', (_, change, stored) => {
    expect(toStoredChange(compared, change)).toEqual(stored);
  });
});
