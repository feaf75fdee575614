import { defineErrors } from '@plinth/contract-kit';
import type { Ctx } from '@plinth/data-kit';
import { createContext, createId, createIds } from '@plinth/testing';
import type { CommandStartedEvent } from 'mongodb';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createNote, type Note, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

const isHeavy = process.env['PLINTH_HEAVY'] === '1';
const datastore = useDatastore();
const clock = { now: () => new Date() };
const errors = defineErrors('fair', { soldOut: { status: 409, title: 'Nothing is left.', fix: 'Wait.' } });

const openStore = () =>
  datastore.current.open({ name: 'fair', collections: { notes } }, { clock, ids: createIds(clock) });
let store: ReturnType<typeof openStore>;
beforeAll(async () => {
  store = openStore();
  await store.prepare();
});

const createTenant = () => {
  const tenantId = createId();
  const context = () => createContext({ tenantId, deadline: Date.now() + 60_000 });
  const run = <T>(work: (scoped: ReturnType<typeof store.collections.notes.for>) => T, ctx: Ctx = context()) =>
    store.unitOfWork.run(ctx, async () => work(store.collections.notes.for(ctx)), { operation: 'fair' });
  return { run, add: (note = createNote()) => run((scoped) => scoped.insert(note)) };
};

const failpoint = (mode: object | string, data?: object) =>
  datastore.current.client.db('admin').command({ configureFailPoint: 'failCommand', mode, ...(data && { data }) });
const blockCommit = (blockTimeMS: number) =>
  failpoint({ times: 1 }, { failCommands: ['commitTransaction'], blockConnection: true, blockTimeMS });
afterEach(() => failpoint('off'));

/** Counts the transactions that are started while `work` runs. */
const countTransactions = async (work: () => Promise<unknown>): Promise<number> => {
  let count = 0;
  const onCommand = ({ command }: CommandStartedEvent) => {
    if (command['startTransaction']) count += 1;
  };
  datastore.current.client.on('commandStarted', onCommand);
  await work();
  datastore.current.client.off('commandStarted', onCommand);
  return count;
};

const getCodes = (outcomes: readonly PromiseSettledResult<unknown>[]) =>
  outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as { code: string }).code : 'done'));

type Notes = ReturnType<typeof store.collections.notes.for>;
const absentId = createId();

/** The writes of a set that fails, by the reason. */
const failures: Readonly<Record<string, readonly [code: string, write: (scoped: Notes, taken: Note) => unknown]>> = {
  'a unique value that is taken': ['slug-taken', (scoped, { slug }) => scoped.insert(createNote({ slug }))],
  'a condition that is false': [
    'sold-out',
    (scoped, { _id }) => scoped.updateWhere({ _id, words: { $gte: 999 } }, { $inc: { words: 1 } }, errors.soldOut()),
  ],
  'a document that does not exist': [
    'sold-out',
    (scoped) => scoped.updateWhere({ _id: absentId }, { $set: { title: 'never' } }, errors.soldOut()),
  ],
  'a version that is stale': ['stale-version', (scoped, taken) => scoped.update({ ...taken, version: 7 }, {})],
  'a requirement that is stale': ['stale-version', (scoped, taken) => scoped.require({ ...taken, version: 7 })],
};

describe('a group', () => {
  it.each(Object.entries(failures))(
    'is committed in the next transaction without a set that fails by %s',
    async (_what, failing) => {
      const [code, write] = failing;
      const tenant = createTenant();
      const taken = await tenant.add();
      const targets = await Promise.all(Array.from({ length: 40 }, () => tenant.add()));
      let outcomes: PromiseSettledResult<unknown>[] = [];
      const transactions = await countTransactions(async () => {
        // The first set may be alone in its group.
        outcomes = await Promise.allSettled([
          tenant.add(),
          ...targets.map((target) => tenant.run((scoped) => scoped.update(target, { $inc: { words: 1 } }))),
          tenant.run((scoped) => write(scoped, taken)),
          ...Array.from({ length: 20 }, () => tenant.add()),
        ]);
      });
      expect(getCodes(outcomes).filter((outcome) => outcome !== 'done')).toEqual([code]);
      // Two for the group, and up to two for the failed set; halves would take more than ten.
      expect(transactions).toBeLessThanOrEqual(5);
      const stored = await datastore.current.raw('fair', 'notes').all();
      expect(stored.filter(({ _id, title }) => _id === absentId || title === 'never')).toEqual([]);
    },
  );

  it('is committed without its removals in the next transaction when one of them has a stale version', async () => {
    const tenant = createTenant();
    const [stale, current] = [await tenant.add(), await tenant.add()];
    const outcomes = await Promise.allSettled([
      ...Array.from({ length: 20 }, () => tenant.add()),
      tenant.run((scoped) => scoped.remove({ ...stale, version: 7 })),
      tenant.run((scoped) => scoped.remove(current)),
    ]);
    expect(getCodes(outcomes)).toEqual([...Array(20).fill('done'), 'stale-version', 'done']);
  });

  it('is committed after two tries when 16 sets of one tenant fail', async () => {
    const [failing, valid] = [createTenant(), createTenant()];
    const taken = await failing.add();
    const getSplits = () => datastore.current.stats?.().commits.find(({ module }) => module === 'fair')?.splits ?? 0;
    const splits = getSplits();
    let outcomes: PromiseSettledResult<unknown>[] = [];
    const transactions = await countTransactions(async () => {
      const addOne = (_: unknown, index: number) =>
        index % 4 === 0 ? failing.add(createNote({ slug: taken.slug })) : valid.add();
      outcomes = await Promise.allSettled(Array.from({ length: 64 }, addOne));
    });
    expect(getCodes(outcomes)).toEqual(
      Array.from({ length: 64 }, (_, index) => (index % 4 === 0 ? 'slug-taken' : 'done')),
    );
    expect(getSplits() - splits).toBe(2);
    // Two failed tries and the commit of the group, and one alone for each failed set.
    expect(transactions).toBe(19);
  });
});

describe('a queue of sets', () => {
  it('continues after 300 ms when a commit hangs', { retry: 3 }, async () => {
    const tenant = createTenant();
    await blockCommit(2500);
    const since = performance.now();
    const hanging = tenant.add();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await Promise.all(Array.from({ length: 20 }, () => tenant.add()));
    expect(performance.now() - since).toBeLessThan(1500);
    await hanging;
    expect(performance.now() - since).toBeGreaterThan(2000);
  });

  it('takes turns by tenant: 400 sets of one tenant delay another tenant by one group', async () => {
    const [busy, other] = [createTenant(), createTenant()];
    await blockCommit(200);
    const first = busy.add();
    await new Promise((resolve) => setTimeout(resolve, 50));
    let done = 0;
    const many = Array.from({ length: 400 }, () => busy.add().then(() => void (done += 1)));
    await other.add();
    expect(done).toBeLessThanOrEqual(128);
    await Promise.all([first, ...many]);
  });

  it('is not delayed by sets that cannot share a transaction', async () => {
    const [busy, other] = [createTenant(), createTenant()];
    const kind = 'final' as const;
    await busy.add(createNote({ kind }));
    let done = 0;
    const counting = Array.from({ length: 60 }, () =>
      busy
        .run((scoped) => scoped.updateWhere({ kind }, { $inc: { words: 1 } }, errors.soldOut()))
        .then(() => void (done += 1)),
    );
    await other.add();
    expect(done).toBeLessThanOrEqual(20);
    await Promise.all(counting);
  });

  it.runIf(isHeavy)(
    'keeps the median of a tenant below twice that of an idle process while another tenant fails 200 times a second',
    async () => {
      const [failing, other] = [createTenant(), createTenant()];
      const taken = await failing.add();
      const measure = async () => {
        const times: number[] = [];
        for (let index = 0; index < 200; index += 1) {
          const since = performance.now();
          await other.add();
          times.push(performance.now() - since);
        }
        return times.toSorted((left, right) => left - right)[100] as number;
      };
      const idle = await measure();
      const pending: Promise<unknown>[] = [];
      const timer = setInterval(
        () => pending.push(failing.add(createNote({ slug: taken.slug })).catch(() => undefined)),
        5,
      );
      const loaded = await measure();
      clearInterval(timer);
      await Promise.all(pending);
      console.info(
        `median ${idle.toFixed(1)} ms idle, ${loaded.toFixed(1)} ms under ${pending.length} failing creates`,
      );
      expect(loaded).toBeLessThan(2 * idle);
    },
    60_000,
  );
});
