import { IdempotencyKeyConflict } from '@plinth/data-kit';
import { createContext, createId, createIds } from '@plinth/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { createNote, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

const datastore = useDatastore();
const twoDaysMs = 2 * 24 * 60 * 60 * 1000;

/** Opens the store of a process whose clock differs from that of the server. */
const open = (skewMs: number) => {
  const clock = { now: () => new Date(Date.now() + skewMs) };
  return datastore.current.open({ name: 'expiry', collections: { notes } }, { clock, ids: createIds(clock) });
};
type Store = ReturnType<typeof open>;

beforeAll(() => open(0).prepare());

const createCtx = (skewMs: number, tenantId: string) =>
  createContext({ tenantId, deadline: Date.now() + skewMs + 10_000 });

const add = ({ unitOfWork, collections }: Store, ctx: ReturnType<typeof createCtx>, body: string) =>
  unitOfWork.run(ctx, async () => collections.notes.for(ctx).insert(createNote()), {
    operation: 'add',
    idempotency: { key: 'k', fingerprint: 'f', toResponse: () => ({ status: 201, headers: {}, body }) },
  });

describe('an idempotency key', () => {
  it.each([
    { what: 'that a process with a slow clock stored', writerSkewMs: -twoDaysMs, readerSkewMs: 0 },
    { what: 'that a process with a fast clock reads', writerSkewMs: 0, readerSkewMs: twoDaysMs },
  ])('integrity: $what expires by the time of the server', async ({ writerSkewMs, readerSkewMs }) => {
    const tenantId = createId();
    const [writer, reader] = [open(writerSkewMs), open(readerSkewMs)];
    await add(writer, createCtx(writerSkewMs, tenantId), 'first');
    const ctx = createCtx(readerSkewMs, tenantId);
    expect(await reader.journal.find(ctx, 'k')).toMatchObject({ response: { body: 'first' } });
    await expect(add(reader, { ...ctx }, 'second')).rejects.toBeInstanceOf(IdempotencyKeyConflict);
  });
});
