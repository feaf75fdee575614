import { pii } from '@plinth/contract-kit';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { ThingDocument, type things } from '../../test/things.ts';
import { type OperationsOf, UniqueViolation } from './collection.ts';
import { type CollectionDefinition, defineCollection, getManagedFields } from './define-collection.ts';
import { defineHistory } from './history.ts';

const LowerCase = z.string().regex(/^[^A-Z]*$/);
const nameKey = { schema: LowerCase, toKey: (text: string) => text.toLowerCase() };

const managed = defineCollection('managed', ThingDocument, {
  tenancy: 'tenant',
  softDelete: true,
  compareBy: { name: nameKey },
  indexes: {
    newest: { fields: ['createdAt', '_id'] },
    alphabetical: { fields: ['group', 'name', '_id'] },
    byName: { fields: ['name'], unique: 'name-taken' },
  },
});

describe('defineCollection', () => {
  it('keeps name, tenancy, indexes and the fields of the document', () => {
    const indexes = {
      byName: { fields: ['name', '_id'] },
      byRank: { fields: ['rank'], unique: 'rank-taken' },
    } as const;
    const definition = defineCollection('other', ThingDocument, { tenancy: 'tenant', indexes });
    expect(definition).toMatchObject({ name: 'other', tenancy: 'tenant', indexes, softDelete: false, compareBy: {} });
    expect(definition.shape).toEqual(ThingDocument.shape);
    expect(getManagedFields(definition)).toEqual([]);
  });

  it('stores a comparison key beside its field, and names it in the indexes', () => {
    expect(managed.shape).toMatchObject({ name: ThingDocument.shape.name, nameKey: LowerCase });
    expect(managed.indexes['byName']).toEqual({ fields: ['nameKey'], unique: 'name-taken' });
  });

  it('with softDelete, stores a marker and a time, and puts the marker before every index that serves lists', () => {
    expect(Object.keys(managed.shape)).toEqual(expect.arrayContaining(['deleted', 'deletedAt']));
    expect(managed.indexes['newest']).toEqual({ fields: ['deleted', 'createdAt', '_id'] });
    expect(managed.indexes['alphabetical']).toEqual({ fields: ['deleted', 'group', 'nameKey', '_id'] });
    expect(getManagedFields(managed)).toEqual(['nameKey', 'deleted', 'deletedAt']);
  });

  it('adds an index for each reference that no index begins with', () => {
    const Line = z.object({ thingId: z.string() });
    const schema = ThingDocument.extend({ lines: z.array(Line), relatedIds: z.array(z.string()).optional() });
    const reference = { to: managed, missing: 'thing-missing' } as const;
    const definition = defineCollection('other', schema, {
      tenancy: 'tenant',
      softDelete: true,
      indexes: { byGroup: { fields: ['group', '_id'] } },
      references: {
        group: reference,
        'lines.thingId': reference,
        relatedIds: { ...reference, to: 'self', used: 'used' },
      },
    });
    expect(definition.indexes).toEqual({
      byGroup: { fields: ['deleted', 'group', '_id'] },
      'reference-lines.thingId': { fields: ['deleted', 'lines.thingId'] },
      'reference-relatedIds': { fields: ['deleted', 'relatedIds'] },
    });
    expect(definition.references['relatedIds']).toEqual({
      to: { name: 'other', softDelete: true },
      missing: 'thing-missing',
      used: 'used',
    });
    expect(managed.references).toEqual({});
    const options = { tenancy: 'tenant', indexes: {} } as const;
    // @ts-expect-error -- a number is not an id
    defineCollection('other', schema, { ...options, references: { rank: reference } });
    // @ts-expect-error -- a line has no such field
    defineCollection('other', schema, { ...options, references: { 'lines.colour': reference } });
    // @ts-expect-error -- the code of the error is missing
    defineCollection('other', schema, { ...options, references: { group: { to: managed } } });
  });

  it('refuses a unique index with softDelete that has no comparison key to free', () => {
    const indexes = { byRank: { fields: ['rank'], unique: 'rank-taken' } } as const;
    const define = () => defineCollection('other', ThingDocument, { tenancy: 'tenant', softDelete: true, indexes });
    expect(define).toThrow("other: the unique index 'byRank' needs a field of 'compareBy'");
  });

  it('keeps the searched fields, and offers a search only with them', () => {
    const indexes = {};
    const searched = defineCollection('other', ThingDocument, { tenancy: 'tenant', search: ['name', 'note'], indexes });
    expect(searched.search).toEqual(['name', 'note']);
    expect(managed.search).toEqual([]);
    expectTypeOf<'search' extends OperationsOf<typeof searched> ? true : false>().toEqualTypeOf<true>();
    expectTypeOf<'search' extends OperationsOf<typeof managed> ? true : false>().toEqualTypeOf<false>();
    // @ts-expect-error -- only texts are searched
    defineCollection('other', ThingDocument, { tenancy: 'tenant', search: ['rank'], indexes });
    const named = { search: { fields: ['name', '_id'] } } as const;
    const define = () =>
      defineCollection('other', ThingDocument, { tenancy: 'tenant', search: ['name'], indexes: named });
    expect(define).toThrow("other: 'search' is the name of the index of words. Rename the other index.");
  });

  it('refuses an index with two arrays, and a unique one with an array', () => {
    const schema = ThingDocument.extend({ labels: z.array(z.string()).optional() });
    const define = (index: object) =>
      defineCollection('other', schema, { tenancy: 'tenant', indexes: { index } as never });
    expect(() => define({ fields: ['tags', 'labels', '_id'] })).toThrow(
      "other: the index 'index' has two arrays, tags and labels. An index may have one.",
    );
    expect(() => define({ fields: ['group', 'labels'], unique: 'labels-taken' })).toThrow(
      "other: the unique index 'index' has the array 'labels'. Only single values are unique.",
    );
    expect(() => define({ fields: ['group', 'labels', 'createdAt', '_id'] })).not.toThrow();
  });

  it('refuses personal data with softDelete that would be kept for ever', () => {
    const schema = ThingDocument.extend({ owner: pii(z.string()) });
    const define = (options: object) =>
      defineCollection('other', schema, { tenancy: 'tenant', indexes: {}, ...options }).purgeAfterDays;
    expect(() => define({ softDelete: true })).toThrow(
      "other: removed documents keep personal data. Set 'purgeAfterDays'",
    );
    expect(define({ softDelete: true, purgeAfterDays: 30 })).toBe(30);
    expect(define({})).toBeUndefined();
  });

  it('says how long personal data is kept, where it is not until the removal', () => {
    const options = { tenancy: 'tenant', indexes: {} } as const;
    expect(defineCollection('other', ThingDocument, options).retention).toBeUndefined();
    expect(defineCollection('other', ThingDocument, { ...options, retention: 'a week' }).retention).toBe('a week');
  });

  it('refuses a history of documents that are removed softly, and offers no removal with one', () => {
    const options = { tenancy: 'tenant', history: true, indexes: {} } as const;
    expect(() => defineCollection('other', ThingDocument, { ...options, softDelete: true })).toThrow(
      "other: a collection with a history has no 'softDelete'. Keep one of them.",
    );
    const other = defineCollection('other', ThingDocument, options);
    expect(defineHistory(other)).toMatchObject({ name: 'otherHistory', history: false });
    expectTypeOf<'remove' extends OperationsOf<typeof other> ? true : false>().toEqualTypeOf<false>();
    expectTypeOf<'updateWhere' extends OperationsOf<typeof other> ? true : false>().toEqualTypeOf<false>();
    expectTypeOf<'update' extends OperationsOf<typeof other> ? true : false>().toEqualTypeOf<true>();
  });

  it('has the operations of soft deletion only with softDelete', () => {
    expectTypeOf<'restore' extends OperationsOf<typeof managed> ? true : false>().toEqualTypeOf<true>();
    expectTypeOf<'restore' extends OperationsOf<typeof things> ? true : false>().toEqualTypeOf<false>();
    expectTypeOf<'update' extends OperationsOf<typeof things> ? true : false>().toEqualTypeOf<true>();
    expectTypeOf(managed).toExtend<CollectionDefinition<ThingDocument>>();
  });
});

describe('UniqueViolation', () => {
  it('has the code that the index names, and the cause', () => {
    const cause = new Error('E11000');
    const violation = new UniqueViolation('name-taken', { cause });
    expect(violation).toBeInstanceOf(Error);
    expect(violation).toMatchObject({ name: 'UniqueViolation', code: 'name-taken', cause });
    expect(violation.message).toBe('A unique index was violated: name-taken.');
  });
});
