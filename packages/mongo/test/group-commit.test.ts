import { ApiError, defineErrors } from '@plinth/contract-kit';
import { type Ctx, UniqueViolation } from '@plinth/data-kit';
import { createContext, createId, createIds, createRandom, getSeed } from '@plinth/testing';
import type { Document } from 'mongodb';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createNote, type Note, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

const datastore = useDatastore();
const clock = { now: () => new Date() };
const errors = defineErrors('group', { soldOut: { status: 409, title: 'Nothing is left.', fix: 'Wait.' } });

const openGroup = () =>
  datastore.current.open({ name: 'group', collections: { notes } }, { clock, ids: createIds(clock) });
let store: ReturnType<typeof openGroup>;
beforeAll(async () => {
  store = openGroup();
  await store.prepare();
});

const tenantId = createId();
const context = () => createContext({ tenantId, deadline: Date.now() + 20_000 });

const run = <T>(work: (scoped: ReturnType<typeof store.collections.notes.for>) => T, ctx: Ctx = context()) =>
  store.unitOfWork.run(ctx, async () => work(store.collections.notes.for(ctx)), { operation: 'group' });

const countRows = async () => (await datastore.current.raw('group', 'journal').all()).length;
const listNotes = async () => (await datastore.current.raw('group', 'notes').all()) as unknown as Note[];

type StartedCommand = { readonly commandName: string; readonly command: Document };

const isCommit = ({ commandName }: StartedCommand): boolean => commandName === 'commitTransaction';

/** True for the first command of a transaction. */
const startsTransaction = ({ command }: StartedCommand): boolean => command['startTransaction'] === true;

/** Counts the commands of a kind that are sent while `work` runs. */
const countCommands = async (isCounted: typeof isCommit, work: () => Promise<unknown>): Promise<number> => {
  let count = 0;
  const onCommand = (command: StartedCommand) => {
    if (isCounted(command)) count += 1;
  };
  datastore.current.client.on('commandStarted', onCommand);
  await work();
  datastore.current.client.off('commandStarted', onCommand);
  return count;
};

type Mix = { readonly good: number; readonly bad: 'condition' | 'duplicate' | 'validator'; readonly position: number };

const random = createRandom(getSeed());
const isHeavy = process.env['PLINTH_HEAVY'] === '1';
const mixes: readonly Mix[] = Array.from({ length: isHeavy ? 21 : 6 }, (_, index) => ({
  good: 63,
  bad: (['condition', 'duplicate', 'validator'] as const)[index % 3] as Mix['bad'],
  position: random() % 64,
}));

describe('sets that are committed together', () => {
  it('share a transaction, each with a journal row of its own', async () => {
    const before = await countRows();
    const commits = await countCommands(isCommit, () =>
      Promise.all(Array.from({ length: 64 }, () => run((scoped) => scoped.insert(createNote())))),
    );
    expect(commits).toBeLessThanOrEqual(3);
    expect((await countRows()) - before).toBe(64);
  });

  it.each(mixes)(
    'integrity: among $good valid sets, a set with an invalid $bad fails alone',
    async ({ good, bad, position }) => {
      const [taken, other] = await run(
        (scoped) => [scoped.insert(createNote()), scoped.insert(createNote({ words: 5 }))] as const,
      );
      const targets = await Promise.all(
        Array.from({ length: good }, () => run((scoped) => scoped.insert(createNote()))),
      );
      const before = await countRows();
      const commitValid = (index: number) =>
        run((scoped) => {
          const target = targets[index] as Note;
          if (index % 3 === 0) return void scoped.insert(createNote());
          if (index % 3 === 1) return void scoped.update(target, { $set: { title: 'changed' } });
          // Some of them change the document on which the invalid set fails.
          return scoped.updateWhere({ _id: other._id, words: { $gte: 1 } }, { $inc: { words: 1 } }, errors.soldOut());
        });
      const commitInvalid = () =>
        run((scoped) => {
          if (bad === 'condition') {
            return scoped.updateWhere(
              { _id: other._id, words: { $gte: 1000 } },
              { $inc: { words: -1 } },
              errors.soldOut(),
            );
          }
          return void scoped.insert(bad === 'duplicate' ? createNote({ slug: taken.slug }) : createNote({ words: -1 }));
        });
      const calls: Promise<unknown>[] = [];
      for (let index = 0; index <= good; index += 1) {
        if (index === position) calls.push(commitInvalid());
        if (index < good) calls.push(commitValid(index));
      }
      const outcomes = await Promise.allSettled(calls);
      const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
      expect(failures).toHaveLength(1);
      const [failure] = failures;
      if (bad === 'condition') expect(failure).toBeInstanceOf(ApiError);
      else if (bad === 'duplicate') expect(failure).toMatchObject({ name: UniqueViolation.name, code: 'slug-taken' });
      else expect(failure).toMatchObject({ name: 'ValidatorViolation' });
      expect((await countRows()) - before).toBe(good);
      const increments = Array.from({ length: good }, (_, index) => index).filter((index) => index % 3 === 2).length;
      expect(await store.collections.notes.for(context()).get(other._id)).toMatchObject({ words: 5 + increments });
    },
  );

  it('boundary: several invalid sets fail alone, each with its own error', async () => {
    const [first, second] = await run((scoped) => [scoped.insert(createNote()), scoped.insert(createNote())] as const);
    const outcomes = await Promise.allSettled([
      run((scoped) => scoped.insert(createNote())),
      run((scoped) => scoped.insert(createNote({ slug: first.slug }))),
      run((scoped) => scoped.insert(createNote())),
      run((scoped) => scoped.remove({ ...second, version: 4 })),
      run((scoped) => scoped.insert(createNote())),
    ]);
    expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'done'))).toEqual([
      'done',
      'slug-taken',
      'done',
      'stale-version',
      'done',
    ]);
  });

  it('boundary: a filter without an id is checked in a transaction of its own', async () => {
    const slug = createNote().slug;
    const kind = 'final' as const;
    await run((scoped) => [scoped.insert(createNote({ slug, kind })), scoped.insert(createNote({ kind }))]);
    // Two documents match the first filter and none the second. Together that is two, yet both conditions must fail.
    const outcomes = await Promise.allSettled([
      run((scoped) => scoped.updateWhere({ kind }, { $inc: { words: 1 } }, errors.soldOut())),
      run((scoped) => scoped.updateWhere({ slug: 'no-such-slug' }, { $inc: { words: 1 } }, errors.soldOut())),
      run((scoped) => scoped.updateWhere({ slug }, { $inc: { words: 1 } }, errors.soldOut())),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });

  it('race: one of many changes of the same version succeeds, and other sets are not affected', async () => {
    const note = await run((scoped) => scoped.insert(createNote()));
    const conflicting = Array.from({ length: 20 }, (_, index) =>
      run((scoped) => scoped.update(note, { $set: { title: `change ${index}` } })),
    );
    const unrelated = Array.from({ length: 20 }, () => run((scoped) => scoped.insert(createNote())));
    const [conflictingOutcomes, unrelatedOutcomes] = await Promise.all([
      Promise.allSettled(conflicting),
      Promise.allSettled(unrelated),
    ]);
    expect(conflictingOutcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(unrelatedOutcomes.every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await store.collections.notes.for(context()).get(note._id)).toMatchObject({ version: 2 });
  });

  it('race: two stores that change the same documents lose no update', async () => {
    const otherStore = openGroup();
    const notes = await Promise.all(
      Array.from({ length: 4 }, () => run((scoped) => scoped.insert(createNote({ words: 0 })))),
    );
    const add = (target: typeof store, { _id }: Note) => {
      const ctx = context();
      const work = async () =>
        target.collections.notes.for(ctx).updateWhere({ _id }, { $inc: { words: 1 } }, errors.soldOut());
      return target.unitOfWork.run(ctx, work, { operation: 'add' });
    };
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => add(index % 2 ? store : otherStore, notes[random() % 4] as Note)),
    );
    const after = await store.collections.notes.for(context()).getMany(notes.map(({ _id }) => _id));
    expect(after.reduce((sum, { words }) => sum + words, 0)).toBe(200);
  });

  it('race: repeated requests in a group delay the new ones by one more try', async () => {
    const keyed = (key: string) => {
      const ctx = context();
      const toResponse = () => ({ status: 201, headers: {}, body: key });
      return store.unitOfWork.run(ctx, async () => store.collections.notes.for(ctx).insert(createNote()), {
        operation: 'keyed',
        idempotency: { key, fingerprint: 'f', toResponse },
      });
    };
    const keys = Array.from({ length: 20 }, () => createId());
    await Promise.all(keys.map(keyed));
    const before = await countRows();
    let outcomes: PromiseSettledResult<unknown>[] = [];
    const transactions = await countCommands(startsTransaction, async () => {
      const fresh = Array.from({ length: 20 }, () => keyed(createId()));
      outcomes = await Promise.allSettled([...keys.map(keyed), ...fresh]);
    });
    expect(outcomes.slice(0, 20)).toEqual(
      Array(20).fill({ status: 'rejected', reason: expect.objectContaining({ name: 'IdempotencyKeyConflict' }) }),
    );
    expect(outcomes.slice(20).every(({ status }) => status === 'fulfilled')).toBe(true);
    expect((await countRows()) - before).toBe(20);
    // A first set may be alone in a group; halving would take more than ten.
    expect(transactions).toBeLessThanOrEqual(4);
  });

  it('boundary: are at most 64, and fewer when they are large', async () => {
    const small = await countCommands(isCommit, () =>
      Promise.all(Array.from({ length: 130 }, () => run((scoped) => scoped.insert(createNote())))),
    );
    expect(small).toBeGreaterThanOrEqual(3);
    const tags = Array.from({ length: 3 }, () => 'x'.repeat(10));
    const large = (ctx: Ctx) =>
      store.unitOfWork.run(ctx, async () => store.collections.notes.for(ctx).insert(createNote({ tags })), {
        operation: 'large',
        idempotency: {
          key: createId(),
          fingerprint: 'f',
          toResponse: () => ({ status: 201, headers: {}, body: 'x'.repeat(300_000) }),
        },
      });
    const commits = await countCommands(isCommit, () =>
      Promise.all(Array.from({ length: 12 }, () => large(context()))),
    );
    expect(commits).toBeGreaterThanOrEqual(4);
  });

  it('leave no document without a journal row, and no journal row without a document', async () => {
    const inserted = (await datastore.current.raw('group', 'journal').all()).flatMap((row) =>
      (row['changes'] as { kind: string; id: string }[]).filter(({ kind }) => kind === 'insert').map(({ id }) => id),
    );
    expect(inserted.toSorted()).toEqual((await listNotes()).map(({ _id }) => _id).toSorted());
  });
});

describe('failures of a shared commit', () => {
  const failCommands = (commands: readonly string[], data: object, times: number) =>
    datastore.current.client.db('admin').command({
      configureFailPoint: 'failCommand',
      mode: { times },
      data: { failCommands: commands, ...data },
    });
  afterEach(() => datastore.current.client.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' }));

  const insertMany = () =>
    Promise.allSettled(Array.from({ length: 16 }, () => run((scoped) => scoped.insert(createNote()))));

  it.each([
    ['insert', { errorCode: 251, errorLabels: ['TransientTransactionError'] }, 5],
    ['insert', { closeConnection: true }, 1],
    ['commitTransaction', { errorCode: 50, errorLabels: ['UnknownTransactionCommitResult'] }, 3],
    ['commitTransaction', { closeConnection: true }, 2],
    ['commitTransaction', { errorCode: 251, errorLabels: ['TransientTransactionError'] }, 4],
  ])('when %s fails with %j %i times, each set takes effect once', async (command, data, times) => {
    const [documents, journalRows] = [(await listNotes()).length, await countRows()];
    await failCommands([command], data, times);
    const outcomes = await insertMany();
    expect(outcomes.every(({ status }) => status === 'fulfilled')).toBe(true);
    expect([(await listNotes()).length - documents, (await countRows()) - journalRows]).toEqual([16, 16]);
  });

  it('integrity: a group whose write concern fails has an unknown outcome and is not sent again', async () => {
    const documents = (await listNotes()).length;
    await failCommands(['commitTransaction'], { writeConcernError: { code: 100, errmsg: 'too few members' } }, 1);
    const outcomes = await insertMany();
    const codes = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'done'));
    expect(new Set(codes)).toEqual(new Set(['outcome-unknown']));
    // The failpoint lets the commit take effect, as a server does, and does not wait for the majority.
    await expect.poll(async () => (await listNotes()).length - documents).toBe(16);
  });

  it('integrity: sets with an unknown outcome are not sent again', async () => {
    const ctx = () => createContext({ tenantId, deadline: Date.now() + 400 });
    const journalRows = await countRows();
    await failCommands(
      ['commitTransaction'],
      { errorCode: 50, errorLabels: ['UnknownTransactionCommitResult'] },
      1_000_000,
    );
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => run((scoped) => scoped.insert(createNote()), ctx())),
    );
    expect(outcomes).toEqual(
      Array(8).fill({ status: 'rejected', reason: expect.objectContaining({ code: 'outcome-unknown' }) }),
    );
    expect((await countRows()) - journalRows).toBe(0);
  });
});
