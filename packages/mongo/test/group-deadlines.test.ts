import { setTimeout as sleep } from 'node:timers/promises';
import type { Ctx } from '@plinth/data-kit';
import { createContext, createId, createIds } from '@plinth/testing';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createNote, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

const datastore = useDatastore();
const clock = { now: () => new Date() };
const openStore = () =>
  datastore.current.open({ name: 'deadlines', collections: { notes } }, { clock, ids: createIds(clock) });
let store: ReturnType<typeof openStore>;
beforeAll(async () => {
  store = openStore();
  await store.prepare();
});

const tenantId = createId();
const within = (ms: number) => createContext({ tenantId, deadline: Date.now() + ms });
const longMs = 20_000;

const add = (ctx: Ctx) =>
  store.unitOfWork.run(ctx, async () => store.collections.notes.for(ctx).insert(createNote()), { operation: 'add' });
const addMany = () => Array.from({ length: 15 }, () => add(within(longMs)));
const count = async () => (await datastore.current.raw('deadlines', 'notes').all()).length;

const block = (command: string, blockTimeMS: number, times = 1) =>
  datastore.current.client.db('admin').command({
    configureFailPoint: 'failCommand',
    mode: { times },
    data: { failCommands: [command], blockConnection: true, blockTimeMS },
  });
afterEach(() => datastore.current.client.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' }));

describe('a write set of a group', () => {
  it('boundary: whose deadline passes during the commit is answered then and alone; the others get their outcome', {
    retry: 3,
  }, async () => {
    const [documents, since] = [await count(), performance.now()];
    await block('commitTransaction', 1200);
    const urgent = add(within(500));
    const others = addMany();
    await expect(urgent).rejects.toMatchObject({ code: 'outcome-unknown' });
    expect(performance.now() - since).toBeLessThan(900);
    const outcomes = await Promise.allSettled(others);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
    // The commit included the urgent set as well, which is why its outcome was unknown.
    expect((await count()) - documents).toBe(16);
  });

  it('boundary: whose deadline passes before the commit is not committed; the others are', async () => {
    const documents = await count();
    await block('insert', 700);
    const urgent = add(within(300));
    const others = addMany();
    await expect(urgent).rejects.toMatchObject({ code: 'upstream-timeout' });
    const outcomes = await Promise.allSettled(others);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect((await count()) - documents).toBe(15);
  });

  it('boundary: whose deadline passes while it is queued is not committed', async () => {
    const documents = await count();
    await block('commitTransaction', 1200, 2);
    // The second group starts when the first one hangs; no third one does.
    const first = add(within(longMs));
    await sleep(100);
    const second = add(within(longMs));
    await sleep(400);
    const [queued, others] = [add(within(200)), add(within(longMs))];
    await expect(queued).rejects.toMatchObject({ code: 'upstream-timeout' });
    await Promise.all([first, second, others]);
    expect((await count()) - documents).toBe(3);
  });
});
