import { commonErrors } from '@plinth/contract-kit';
import type { Ctx } from '@plinth/data-kit';
import { createContext, createId, createIds } from '@plinth/testing';
import type { CommandStartedEvent } from 'mongodb';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createNote, type Note, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

const datastore = useDatastore();
const clock = { now: () => new Date() };
/** Each store commits on its own, as processes do. */
const openStore = () =>
  datastore.current.open({ name: 'require', collections: { notes } }, { clock, ids: createIds(clock) });
type Store = ReturnType<typeof openStore>;
type Notes = ReturnType<Store['collections']['notes']['for']>;
let store: Store;
beforeAll(async () => {
  store = openStore();
  await store.prepare();
});

const tenantId = createId();
const context = () => createContext({ tenantId, deadline: Date.now() + 20_000 });
const run = <T>(work: (scoped: Notes) => T | Promise<T>, target: Store = store, ctx: Ctx = context()) =>
  target.unitOfWork.run(ctx, async () => work(target.collections.notes.for(ctx)), { operation: 'require' });
const insert = (words = 1) => run((scoped) => scoped.insert(createNote({ words })));

const failpoint = (mode: object | string, data?: object) =>
  datastore.current.client.db('admin').command({ configureFailPoint: 'failCommand', mode, ...(data && { data }) });
afterEach(() => failpoint('off'));

const requirements: Readonly<Record<string, (scoped: Notes, note: Note) => void>> = {
  'its version': (scoped, note) => scoped.require(note),
  'a filter': (scoped, { _id }) =>
    scoped.require({ _id, title: { $gte: 'N' }, version: 1 }, commonErrors.staleVersion()),
  'a filter without an id': (scoped, { slug }) => scoped.require({ slug, version: 1 }, commonErrors.staleVersion()),
};

describe.each(Object.entries(requirements))('a document that is required by %s', (_, require) => {
  it('race: of two transactions that each require what the other changes, one is committed', async () => {
    const [left, right] = [await insert(), await insert()];
    const swap = (target: Store, required: Note, changed: Note) =>
      run(async (scoped) => {
        require(scoped, required);
        scoped.update(changed, { $set: { title: 'changed' } });
      }, target);
    // The last command of each transaction waits, so that both are open when the first one commits.
    await failpoint({ times: 2 }, { failCommands: ['insert'], blockConnection: true, blockTimeMS: 300 });
    const outcomes = await Promise.allSettled([swap(openStore(), left, right), swap(openStore(), right, left)]);
    const codes = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'done'));
    expect(new Set(codes)).toEqual(new Set(['done', 'stale-version']));
    const after = await store.collections.notes.for(context()).getMany([left._id, right._id]);
    expect(after.reduce((sum, { version }) => sum + version, 0)).toBe(3);
  });

  it('race: two processes never take the last two off duty together', async () => {
    const stores = [store, openStore()] as const;
    const leave = (target: Store, own: Note, other: Note) =>
      run(async (scoped) => {
        const [self, peer] = [await scoped.get(own._id), await scoped.get(other._id)];
        if (peer.words === 0) return;
        require(scoped, peer);
        scoped.update(self, { $set: { words: 0 } });
      }, target);
    for (let round = 0; round < 20; round += 1) {
      const [left, right] = [await insert(), await insert()];
      await Promise.allSettled([leave(stores[0], left, right), leave(stores[1], right, left)]);
      const after = await store.collections.notes.for(context()).getMany([left._id, right._id]);
      expect(after.filter(({ words }) => words === 1)).toHaveLength(1);
    }
  });

  it('is stored as before, byte for byte', async () => {
    const note = await insert();
    const read = async () =>
      (await datastore.current.raw('require', 'notes').all()).find(({ _id }) => _id === note._id);
    const before = await read();
    await run((scoped) => require(scoped, note));
    expect(await read()).toStrictEqual(before);
  });
});

describe('a required document', () => {
  it.each(['its version', 'a filter'])('does not separate write sets that require it by %s', async (name) => {
    const note = await insert();
    let commits = 0;
    const onCommand = ({ commandName }: CommandStartedEvent) => {
      if (commandName === 'commitTransaction') commits += 1;
    };
    datastore.current.client.on('commandStarted', onCommand);
    await Promise.all(
      Array.from({ length: 30 }, () =>
        run((scoped) => {
          requirements[name]?.(scoped, note);
          scoped.insert(createNote());
        }),
      ),
    );
    datastore.current.client.off('commandStarted', onCommand);
    expect(commits).toBeLessThanOrEqual(3);
    expect(await store.collections.notes.for(context()).get(note._id)).toEqual(note);
  });
});
