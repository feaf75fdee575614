import { pii, secret } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { aCtx } from '../../test/contexts.ts';
import { Entity } from '../collections/entity.ts';
import { type CommitMetadata, createJournalChanges, IdempotencyKeyConflict, JournalRow } from './journal.ts';
import { createUnitOfWork, createWriteSets } from './unit-of-work.ts';

const Person = Entity.extend({
  name: pii(z.string()),
  keys: z.array(z.object({ pin: secret(z.string()), floor: z.int() })),
  seen: z.date().optional(),
  visits: z.int(),
});
const journal = createJournalChanges({ name: 'people', schema: Person });
const now = new Date(5);
const id = '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d';
const entity = { _id: id, tenantId: id, version: 1, createdAt: now, updatedAt: now };
const ada = { ...entity, name: 'Ada', keys: [{ pin: '1234', floor: 3 }], visits: 1 };

describe('what the journal is told', () => {
  it('of an insert and a removal is the document without its classified values', () => {
    const shown = { ...entity, name: '[pii]', keys: [{ pin: '[secret]', floor: 3 }], visits: 1 };
    expect(journal.inserted(ada)).toEqual({ kind: 'insert', collection: 'people', id, version: 1, after: shown });
    expect(journal.removed(ada)).toEqual({ kind: 'remove', collection: 'people', id, version: 1, before: shown });
  });

  it('of a change is what it touched, before and after', () => {
    const after = { ...ada, version: 2, name: 'A', visits: 2, seen: now };
    const change = { $set: { name: 'A', seen: now }, $inc: { visits: 1 } };
    expect(journal.updated(ada, after, change)).toEqual({
      kind: 'update',
      collection: 'people',
      id,
      version: 2,
      before: { name: '[pii]', visits: 1 },
      after: { name: '[pii]', seen: now, visits: 2 },
    });
  });

  it('of a conditional change is condition and change, in names that a database takes', () => {
    const where = { name: 'Ada', visits: { $gte: 1, $lt: 9 }, seen: now };
    expect(journal.changedWhere<z.infer<typeof Person>>(where, { $inc: { visits: 1 }, $set: { name: 'A' } })).toEqual({
      kind: 'update',
      collection: 'people',
      where: { name: '[pii]', visits: { gte: 1, lt: 9 }, seen: now },
      change: { inc: { visits: 1 }, set: { name: '[pii]' } },
    });
  });
});

describe('a unit of work', () => {
  const open = () => {
    const writeSets = createWriteSets<string>();
    const committed: { writes: readonly string[]; row: JournalRow }[] = [];
    const commit = async (_ctx: unknown, writes: readonly string[], row: JournalRow) => {
      committed.push({ writes, row });
    };
    const unitOfWork = createUnitOfWork({ writeSets, clock: { now: () => now }, ids: { next: () => id }, commit });
    return { writeSets, committed, unitOfWork };
  };
  const keyed: CommitMetadata<string> = {
    operation: 'greet',
    keyed: { key: 'k', fingerprint: 'f', toResponse: (body) => ({ status: 200, headers: {}, body }) },
  };

  it('commits what was recorded with one row that says who and why', async () => {
    const { writeSets, committed, unitOfWork } = open();
    const ctx = aCtx({ tenantId: id });
    const work = async () => {
      writeSets.record(ctx, 'write', journal.inserted(ada));
      return 'answer';
    };
    expect(await unitOfWork.run(ctx, work, keyed)).toBe('answer');
    const [{ writes, row } = { writes: [], row: undefined }] = committed;
    expect(writes).toEqual(['write']);
    expect(JournalRow.parse(row)).toMatchObject({
      _id: id,
      at: now,
      actor: { kind: 'user', id: 'a' },
      operation: 'greet',
      key: 'k',
      response: { status: 200, headers: {}, body: 'answer' },
    });
  });

  it('boundary: leaves no row where nothing was recorded and no key was given, and one where a key was', async () => {
    const { committed, unitOfWork } = open();
    await unitOfWork.run(aCtx(), async () => 'read', { operation: 'look' });
    expect(committed).toEqual([]);
    await unitOfWork.run(aCtx(), async () => 'read', keyed);
    expect(committed).toHaveLength(1);
  });

  it('integrity: commits nothing of a work that throws', async () => {
    const { writeSets, committed, unitOfWork } = open();
    const ctx = aCtx();
    const work = async () => {
      writeSets.record(ctx, 'write', journal.inserted(ada));
      throw new IdempotencyKeyConflict();
    };
    await expect(unitOfWork.run(ctx, work, { operation: 'fail' })).rejects.toThrow('key has been used already');
    expect(committed).toEqual([]);
  });
});
