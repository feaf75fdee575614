import { pii, secret } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createContext } from '../../test/contexts.ts';
import { Entity } from '../collections/entity.ts';
import {
  type CommitMetadata,
  type CommitRecords,
  createJournalChanges,
  IdempotencyKeyConflict,
  JournalRow,
} from './journal.ts';
import { createUnitOfWork, createWriteSets } from './unit-of-work.ts';

const Contact = Entity.extend({
  name: pii(z.string()),
  keys: z.array(z.object({ pin: secret(z.string()), floor: z.int() })),
  seen: z.date().optional(),
  visits: z.int(),
});
const journal = createJournalChanges({ name: 'contacts', schema: Contact });
const now = new Date(5);
const id = '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d';
const entity = { _id: id, tenantId: id, version: 1, createdAt: now, updatedAt: now };
const ada = { ...entity, name: 'Ada', keys: [{ pin: '1234', floor: 3 }], visits: 1 };

describe('the journal', () => {
  it('describes an insert and a removal by the document without its classified values', () => {
    const shown = { ...entity, name: '[pii]', keys: [{ pin: '[secret]', floor: 3 }], visits: 1 };
    expect(journal.inserted(ada)).toEqual({ kind: 'insert', collection: 'contacts', id, version: 1, after: shown });
    expect(journal.removed(ada)).toEqual({ kind: 'remove', collection: 'contacts', id, version: 1, before: shown });
  });

  it('describes a change by the changed fields, before and after', () => {
    const after = { ...ada, version: 2, name: 'A', visits: 2, seen: now };
    const change = { $set: { name: 'A', seen: now }, $inc: { visits: 1 } };
    expect(journal.updated(ada, after, change)).toEqual({
      kind: 'update',
      collection: 'contacts',
      id,
      version: 2,
      before: { name: '[pii]', visits: 1 },
      after: { name: '[pii]', seen: now, visits: 2 },
    });
  });

  it('describes a conditional change by condition and change, without dollar signs', () => {
    const where = { name: 'Ada', visits: { $gte: 1, $lt: 9 }, seen: now };
    expect(journal.changedWhere<z.infer<typeof Contact>>(where, { $inc: { visits: 1 }, $set: { name: 'A' } })).toEqual({
      kind: 'update',
      collection: 'contacts',
      where: { name: '[pii]', visits: { gte: 1, lt: 9 }, seen: now },
      change: { inc: { visits: 1 }, set: { name: '[pii]' } },
    });
  });
});

describe('a unit of work', () => {
  const open = () => {
    const writeSets = createWriteSets<string>();
    const committed: (CommitRecords & { writes: readonly string[] })[] = [];
    const commit = async (_ctx: unknown, writes: readonly string[], records: CommitRecords) => {
      committed.push({ writes, ...records });
    };
    const unitOfWork = createUnitOfWork({ writeSets, clock: { now: () => now }, ids: { next: () => id }, commit });
    return { writeSets, committed, unitOfWork };
  };
  const withKey: CommitMetadata<string> = {
    operation: 'greet',
    idempotency: { key: 'k', fingerprint: 'f', toResponse: (body) => ({ status: 200, headers: {}, body }) },
  };

  it('commits the recorded writes with one journal row, and the response with the key', async () => {
    const { writeSets, committed, unitOfWork } = open();
    const ctx = createContext({ tenantId: id });
    const work = async () => {
      writeSets.record(ctx, 'write', journal.inserted(ada));
      return 'hello';
    };
    expect(await unitOfWork.run(ctx, work, withKey)).toBe('hello');
    const [
      {
        writes,
        rows: [row],
        keyRecord,
      } = { writes: [], rows: [], keyRecord: undefined },
    ] = committed;
    expect(writes).toEqual(['write']);
    const stored = { _id: id, at: now, actor: { kind: 'user', id: 'a' }, operation: 'greet' };
    expect(JournalRow.strict().parse(row)).toMatchObject(stored);
    const response = { status: 200, headers: {}, body: 'hello' };
    expect(keyRecord).toEqual({ tenantId: ctx.tenantId, key: 'k', fingerprint: 'f', response });
  });

  it('boundary: commits no row when there is neither a write nor a key, and one row for a key alone', async () => {
    const { committed, unitOfWork } = open();
    await unitOfWork.run(createContext(), async () => 'read', { operation: 'read' });
    expect(committed).toEqual([]);
    await unitOfWork.run(createContext(), async () => 'read', withKey);
    expect(committed).toHaveLength(1);
  });

  it('commits neither a row nor a key when it skips the journal, and refuses what a row would have', async () => {
    const { writeSets, committed, unitOfWork } = open();
    const ctx = createContext();
    const work = async () => {
      writeSets.record(ctx, 'write', journal.inserted(ada));
      return 'copied';
    };
    expect(await unitOfWork.run(ctx, work, { operation: 'copy', skipsJournal: true })).toBe('copied');
    expect(committed).toEqual([{ writes: ['write'], rows: [] }]);
    for (const more of [withKey, { consumes: 'x' }]) {
      const metadata = { operation: 'copy', ...more, skipsJournal: true } as const;
      await expect(unitOfWork.run(ctx, work, metadata)).rejects.toThrow('skips the journal');
    }
    expect(committed).toHaveLength(1);
  });

  it('integrity: commits nothing when the work throws', async () => {
    const { writeSets, committed, unitOfWork } = open();
    const ctx = createContext();
    const work = async () => {
      writeSets.record(ctx, 'write', journal.inserted(ada));
      throw new IdempotencyKeyConflict();
    };
    await expect(unitOfWork.run(ctx, work, { operation: 'fail' })).rejects.toThrow('key has been used already');
    expect(committed).toEqual([]);
  });
});
