import { describe, expect, it } from 'vitest';
import { ThingDocument, things } from '../../test/things.ts';
import { defineCollection, UniqueViolation } from './collection.ts';

describe('defineCollection', () => {
  it('keeps the schema and knows the fields of the document', () => {
    expect(things.name).toBe('things');
    expect(things.schema).toBe(ThingDocument);
    expect(things.shape).toBe(ThingDocument.shape);
    expect(Object.keys(things.shape)).toEqual(expect.arrayContaining(['_id', 'tenantId', 'version', 'name', 'tags']));
  });

  it('keeps tenancy and indexes as declared', () => {
    const indexes = {
      byName: { fields: ['name', '_id'] },
      byRank: { fields: ['rank'], unique: 'rank-taken' },
    } as const;
    const definition = defineCollection('other', ThingDocument, { tenancy: 'tenant', indexes });
    expect(definition).toMatchObject({ tenancy: 'tenant', indexes });
  });
});

describe('UniqueViolation', () => {
  it('carries the code that the index names, and the cause', () => {
    const cause = new Error('E11000');
    const violation = new UniqueViolation('name-taken', { cause });
    expect(violation).toBeInstanceOf(Error);
    expect(violation).toMatchObject({ name: 'UniqueViolation', code: 'name-taken', cause });
    expect(violation.message).toBe('A unique index was violated: name-taken.');
  });
});
