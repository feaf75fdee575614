import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineCollection } from '../collections/define-collection.ts';
import { Entity } from '../collections/entity.ts';
import { assertBackfilled, assertMigrations, defineMigration, type Migration } from './migration.ts';

const notes = defineCollection('notes', Entity.extend({ title: z.string(), state: z.string() }), {
  tenancy: 'tenant',
  indexes: {},
});

const expand = defineMigration({ name: '0001-state', phase: 'expand', collection: 'notes', adds: ['state'] });
const backfill = defineMigration({
  name: '0002-fill-state',
  phase: 'backfill',
  collection: 'notes',
  needs: { missing: ['state'] },
  change: () => ({ state: 'open' }),
});
const contract = defineMigration({
  name: '0003-require-state',
  phase: 'contract',
  collection: 'notes',
  repeats: [backfill],
  requires: ['state'],
});

const check = (migrations: readonly Migration[]) => () =>
  assertMigrations({ name: 'notebook', collections: { notes }, migrations });

describe('a migration', () => {
  it.each(['1-state', '0001', '0001-State', '0001_state', '0001-'])('cannot have the name %s', (name) => {
    expect(() => defineMigration({ ...expand, name })).toThrow("must be named like '0001-what-it-does'");
  });

  it.each([
    [{ batchSize: 0 }, 'a batch has 1 to 1000 documents'],
    [{ batchSize: 1001 }, 'a batch has 1 to 1000 documents'],
    [{ batchSize: 1.5 }, 'a batch has 1 to 1000 documents'],
    [{ perSecond: 0 }, "'perSecond' must be more than 0"],
    [{ perSecond: Number.NaN }, "'perSecond' must be more than 0"],
  ])('cannot have the pace %j', (pace, message) => {
    expect(() => defineMigration({ ...backfill, ...pace })).toThrow(message);
  });

  it('sets no field that belongs to the collection itself', () => {
    expect(() => assertBackfilled('0001-a', { title: '' })).not.toThrow();
    expect(() => assertBackfilled('0001-a', { version: 7 })).toThrow("'0001-a' sets 'version'");
  });
});

describe('the migrations of a module', () => {
  it('are accepted in order, and may be none', () => {
    expect(check([])).not.toThrow();
    expect(check([expand, backfill, contract])).not.toThrow();
  });

  it.each<[string, readonly Migration[], string]>([
    ['out of order', [backfill, expand], "the migration '0001-state' comes after '0002-fill-state'"],
    ['twice', [expand, expand], "the migration '0001-state' comes after '0001-state'"],
    ['with one number for two', [expand, { ...backfill, name: '0001-other' }], "'0001-other' comes after '0001-state'"],
    [
      'of a collection of another module',
      [{ ...expand, collection: 'ideas' }],
      "changes 'ideas', which it does not own",
    ],
    ['that add an unknown field', [{ ...expand, adds: ['stat'] }], "adds 'stat', which 'notes' does not have"],
    ['that retire a field in use', [{ ...expand, retires: ['title'] }], "retires 'title', which 'notes' still has"],
    ['that require a field that none adds', [backfill, contract], "requires 'state', which no earlier expand adds"],
    [
      'that remove a field that none retires',
      [{ ...contract, requires: [], removes: ['old'], repeats: [] }],
      "removes 'old'",
    ],
    ['that repeat a later one', [expand, { ...contract, name: '0002-early' }], "repeats '0002-fill-state'"],
  ])('are refused %s', (_, migrations, message) => {
    expect(check(migrations)).toThrow(message);
  });

  it('may add a field that a later one retires', () => {
    const added = { ...expand, adds: ['mood'] };
    const retired = defineMigration({ name: '0002-no-mood', phase: 'expand', collection: 'notes', retires: ['mood'] });
    expect(check([added, retired])).not.toThrow();
  });
});
