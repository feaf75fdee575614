import { pii } from '@plinth/contract-kit';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { ThingDocument, type things } from '../../test/things.ts';
import { type OperationsOf, UniqueViolation } from './collection.ts';
import { type CollectionDefinition, defineCollection, getManagedFields } from './define-collection.ts';

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

  it('refuses a unique index with softDelete that has no comparison key to free', () => {
    const indexes = { byRank: { fields: ['rank'], unique: 'rank-taken' } } as const;
    const define = () => defineCollection('other', ThingDocument, { tenancy: 'tenant', softDelete: true, indexes });
    expect(define).toThrow("other: the unique index 'byRank' needs a field of 'compareBy'");
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
