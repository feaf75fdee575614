import { createContext, createId, createIds } from '@plinth/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { createNote, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

let elapsedMs = 0;
const clock = { now: () => new Date(Date.now() + elapsedMs) };
const datastore = useDatastore();
const rowsMax = 3;
const unlimited = createId();

const open = () =>
  datastore.current.open(
    { name: 'quotas', collections: { notes } },
    {
      clock,
      ids: createIds(clock),
      findRowsMax: (tenantId) => (tenantId === unlimited ? undefined : rowsMax),
    },
  );
/** The store of another process counts for itself. */
let stores: ReturnType<typeof open>[];
beforeAll(async () => {
  stores = [open(), open()];
  await stores[0]?.prepare();
});

const insert = async (tenantId: string, count = 1, store = stores[0]): Promise<string> => {
  const ctx = createContext({ tenantId, deadline: clock.now().getTime() + 10_000 });
  const work = async () => {
    for (let index = 0; index < count; index += 1) store?.collections.notes.for(ctx).insert(createNote());
  };
  return store?.unitOfWork.run(ctx, work, { operation: 'insert' }).then(
    () => 'inserted',
    (error: { code: string }) => error.code,
  ) as Promise<string>;
};
const countNotes = async (tenantId: string) =>
  (await datastore.current.raw('quotas', 'notes').all()).filter((note) => note['tenantId'] === tenantId).length;

describe('a tenant with a limit of rows', () => {
  it('boundary: keeps as many as its limit, and others keep theirs', async () => {
    const tenantId = createId();
    const outcomes = [];
    for (let index = 0; index < 4; index += 1) outcomes.push(await insert(tenantId));
    expect(outcomes).toEqual(['inserted', 'inserted', 'inserted', 'quota-exceeded']);
    expect(await countNotes(tenantId)).toBe(3);
    expect(await insert(createId())).toBe('inserted');
  });

  it('integrity: stores nothing of a write set that exceeds it', async () => {
    const tenantId = createId();
    expect(await insert(tenantId, 2)).toBe('inserted');
    expect(await insert(tenantId, 2)).toBe('quota-exceeded');
    expect(await countNotes(tenantId)).toBe(2);
  });

  it('race: stores as many as its limit of parallel inserts', async () => {
    const tenantId = createId();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => insert(tenantId)));
    expect(outcomes.filter((outcome) => outcome === 'inserted')).toHaveLength(3);
    expect(await countNotes(tenantId)).toBe(3);
  });

  it('integrity: has room again after a commit that failed', async () => {
    const tenantId = createId();
    const ctx = createContext({ tenantId });
    const note = createNote();
    const insertTwice = async () => {
      stores[0]?.collections.notes.for(ctx).insert(note);
      stores[0]?.collections.notes.for(ctx).insert(note);
    };
    await expect(stores[0]?.unitOfWork.run(ctx, insertTwice, { operation: 'insert' })).rejects.toThrow();
    expect(await insert(tenantId, 3)).toBe('inserted');
  });

  it('counts what other processes have stored', async () => {
    const tenantId = createId();
    expect(await insert(tenantId, 3)).toBe('inserted');
    expect(await insert(tenantId, 1, stores[1])).toBe('quota-exceeded');
  });

  it('counts what other processes have stored since, after ten seconds', async () => {
    const tenantId = createId();
    expect(await insert(tenantId)).toBe('inserted');
    expect(await insert(tenantId, 2, stores[1])).toBe('inserted');
    elapsedMs += 11_000;
    expect(await insert(tenantId)).toBe('quota-exceeded');
  });

  it('boundary: counts again when the clock was set back', async () => {
    const tenantId = createId();
    expect(await insert(tenantId)).toBe('inserted');
    expect(await insert(tenantId, 2, stores[1])).toBe('inserted');
    elapsedMs -= 24 * 60 * 60 * 1000;
    expect(await insert(tenantId)).toBe('quota-exceeded');
  });

  it('has no limit where the plan has none', async () => {
    expect(await insert(unlimited, 5)).toBe('inserted');
  });
});
