import { commonErrors } from '@plinth/contract-kit';
import { type Ctx } from '@plinth/data-kit';
import { createContext, createId, createIds, createRandom, getSeed } from '@plinth/testing';
import type { CommandStartedEvent, Document } from 'mongodb';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createNote, type Note, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

const datastore = useDatastore();
const clock = { now: () => new Date() };
const openPoints = () =>
  datastore.current.open({ name: 'points', collections: { notes } }, { clock, ids: createIds(clock) });
let store: ReturnType<typeof openPoints>;
beforeAll(async () => {
  store = openPoints();
  await store.prepare();
});

const add = (tenantCtx: Ctx) => {
  // A context has one unit of work at a time, and these run concurrently.
  const ctx = { ...tenantCtx };
  return store.unitOfWork.run(ctx, async () => store.collections.notes.for(ctx).insert(createNote()), {
    operation: 'add',
  });
};
const get = (ctx: Ctx, id: string) => store.collections.notes.for(ctx).get(id);

/** Returns the filters of the `find` commands that are sent while `work` runs, and its result. */
const observeFinds = async <T>(work: () => Promise<T>) => {
  const filters: Document[] = [];
  const onCommand = ({ command }: CommandStartedEvent) => {
    // Not the read that confirms the primary.
    if (command['find'] === 'notes') filters.push(command['filter'] as Document);
  };
  datastore.current.client.on('commandStarted', onCommand);
  const result = await work().finally(() => datastore.current.client.off('commandStarted', onCommand));
  return { filters, result };
};

const failCommands = (data: object, mode: object | string) =>
  datastore.current.client.db('admin').command({
    configureFailPoint: 'failCommand',
    mode,
    data: { failCommands: ['find'], ...data },
  });
afterEach(() => datastore.current.client.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' }));

describe('reads by id of one turn of the event loop', () => {
  it('share a command, and each returns its own document', async () => {
    const ctx = createContext();
    const stored = await Promise.all(Array.from({ length: 20 }, () => add(ctx)));
    const { filters, result } = await observeFinds(() => Promise.all(stored.map(({ _id }) => get(ctx, _id))));
    expect(result).toEqual(stored);
    expect(filters).toHaveLength(1);
  });

  it('of several tenants never share a command, even for the same id', async () => {
    const owners = Array.from({ length: 5 }, () => createContext());
    const stored = await Promise.all(owners.map(add));
    const requested = owners.flatMap((ctx) => stored.map((note) => ({ ctx, note })));
    const { filters, result } = await observeFinds(() =>
      Promise.allSettled(requested.map(({ ctx, note }) => get(ctx, note._id))),
    );
    expect(new Set(filters.map((filter) => filter['tenantId']))).toEqual(
      new Set(owners.map(({ tenantId }) => tenantId)),
    );
    expect(filters).toHaveLength(owners.length);
    for (const [index, outcome] of result.entries()) {
      const { ctx, note } = requested[index] as { ctx: Ctx; note: Note };
      if (ctx.tenantId === note.tenantId) expect(outcome).toEqual({ status: 'fulfilled', value: note });
      else expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'not-found' } });
    }
  });

  it('boundary: a single read is sent as it is, and 65 are two commands', async () => {
    const ctx = createContext();
    const note = await add(ctx);
    const alone = await observeFinds(() => get(ctx, note._id));
    expect(alone.filters).toEqual([{ _id: note._id, tenantId: ctx.tenantId }]);
    const many = await observeFinds(() => Promise.allSettled(Array.from({ length: 65 }, () => get(ctx, createId()))));
    expect(many.filters).toHaveLength(2);
    expect(many.result.every(({ status }) => status === 'rejected')).toBe(true);
  });

  it('integrity: two reads of one document return separate copies', async () => {
    const ctx = createContext();
    const { _id } = await add(ctx);
    const [left, right] = (await Promise.all([get(ctx, _id), get(ctx, _id)])) as [Note, Note];
    expect(left).toEqual(right);
    left.tags.push('changed');
    (left.createdAt as Date).setTime(0);
    expect(right.tags).toEqual([]);
    expect(right.createdAt.getTime()).toBeGreaterThan(0);
  });

  it('include those of getMany', async () => {
    const ctx = createContext();
    const stored = await Promise.all(Array.from({ length: 6 }, () => add(ctx)));
    const ids = stored.map(({ _id }) => _id);
    const { filters, result } = await observeFinds(() =>
      Promise.all([
        store.collections.notes.for(ctx).getMany([...ids.slice(0, 4), createId()]),
        store.collections.notes.for(ctx).getMany(ids.slice(2)),
        get(ctx, ids[0] as string),
      ]),
    );
    expect(filters).toHaveLength(1);
    expect(result[0].map(({ _id }) => _id).toSorted()).toEqual(ids.slice(0, 4).toSorted());
    expect(result[1]).toHaveLength(4);
  });
});

describe('freshness', () => {
  it('race: a read that begins after a write was acknowledged sees it', async () => {
    const ctx = createContext({ deadline: Date.now() + 60_000 });
    const note = await add(ctx);
    const random = createRandom(getSeed());
    let version = 1;
    let current: Note = note;
    const stop = { now: false };
    const readers = Array.from({ length: 16 }, async () => {
      while (!stop.now) {
        const atLeast = version;
        const seen = await get({ ...ctx }, note._id);
        expect(seen.version).toBeGreaterThanOrEqual(atLeast);
      }
    });
    for (let round = 0; round < 40; round += 1) {
      const unitCtx = { ...ctx };
      const work = async () => store.collections.notes.for(unitCtx).update(current, { $inc: { words: 1 } });
      current = await store.unitOfWork.run(unitCtx, work, { operation: 'touch' });
      version = current.version;
      if (random() % 2) await new Promise((resolve) => setImmediate(resolve));
    }
    stop.now = true;
    await Promise.all(readers);
  }, 30_000);
});

describe('failures', () => {
  it('the reads of a failed batch are sent again one by one', async () => {
    const ctx = createContext();
    const stored = await Promise.all(Array.from({ length: 4 }, () => add(ctx)));
    await failCommands({ errorCode: 2 }, { times: 1 });
    const { filters, result } = await observeFinds(() => Promise.all(stored.map(({ _id }) => get(ctx, _id))));
    expect(result).toEqual(stored);
    expect(filters).toHaveLength(5);
  });

  it('a batch survives a lost connection', async () => {
    const ctx = createContext();
    const stored = await Promise.all(Array.from({ length: 4 }, () => add(ctx)));
    await failCommands({ closeConnection: true }, { times: 1 });
    expect(await Promise.all(stored.map(({ _id }) => get(ctx, _id)))).toEqual(stored);
  });

  it('a permanent failure rejects each read after one more try', async () => {
    const ctx = createContext();
    await failCommands({ errorCode: 2 }, 'alwaysOn');
    const { filters, result } = await observeFinds(() =>
      Promise.allSettled(Array.from({ length: 3 }, () => get(ctx, createId()))),
    );
    expect(result).toEqual(Array(3).fill({ status: 'rejected', reason: expect.objectContaining({ code: 2 }) }));
    expect(filters).toHaveLength(4);
  });

  it('boundary: a disconnected caller or a passed deadline does not fail the other reads', async () => {
    const ctx = createContext();
    const note = await add(ctx);
    const disconnected = new AbortController();
    const late = { ...ctx, deadline: Date.now() - 1 };
    const reads = [
      get({ ...ctx, signal: disconnected.signal }, note._id),
      get(ctx, note._id),
      get(late, note._id),
      get({ ...ctx, signal: AbortSignal.abort(commonErrors.unavailable()) }, note._id),
    ];
    disconnected.abort(new Error('disconnected'));
    const [aborted, kept, timedOut, neverSent] = await Promise.allSettled(reads);
    expect(aborted).toMatchObject({ status: 'rejected', reason: { message: 'disconnected' } });
    expect(kept).toEqual({ status: 'fulfilled', value: note });
    expect(timedOut).toMatchObject({ status: 'rejected', reason: { code: 'upstream-timeout' } });
    expect(neverSent).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
  });
});
