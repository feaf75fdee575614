import { commonErrors } from '@plinth/contract-kit';
import { type Ctx, keyLifetimeMs } from '@plinth/data-kit';
import { createContext, createId, createIds } from '@plinth/testing';
import { type CommandStartedEvent, MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createNote, notes } from './notes.ts';
import { ageKeys, useDatastore } from './stores.ts';

const datastore = useDatastore();
const clock = { now: () => new Date() };
const open = () => datastore.current.open({ name: 'units', collections: { notes } }, { clock, ids: createIds(clock) });

// A client of its own, because a failing command can clear the pool of the other one.
const admin = new MongoClient(String(process.env['MONGODB_URI']));
afterAll(() => admin.close());

beforeAll(() => open().prepare());

const failCommands = (failCommandsNamed: readonly string[], data: object, mode: object | number | 'alwaysOn' = 1) =>
  admin.db('admin').command({
    configureFailPoint: 'failCommand',
    mode: typeof mode === 'number' ? { times: mode } : mode,
    data: { failCommands: failCommandsNamed, ...data },
  });

afterEach(() => admin.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' }));

const insertOne = (ctx: Ctx) => {
  const { collections, unitOfWork } = open();
  return unitOfWork.run(ctx, async () => collections.notes.for(ctx).insert(createNote()), { operation: 'add' });
};
const stored = async (ctx: Ctx) =>
  (await open().collections.notes.for(ctx).list({ where: {}, sort: 'createdAt', limit: 100 })).items;

const unknown = { errorCode: 50, errorLabels: ['UnknownTransactionCommitResult'] };
const transient = { errorCode: 251, errorLabels: ['TransientTransactionError'] };

describe('a commit', () => {
  it('is retried after a transient error and takes effect once', async () => {
    const ctx = createContext();
    await failCommands(['insert'], transient, 3);
    const note = await insertOne(ctx);
    expect(await stored(ctx)).toEqual([note]);
  });

  it('is sent again when its outcome is unknown, and takes effect once', async () => {
    const ctx = createContext();
    await failCommands(['commitTransaction'], unknown, 2);
    const note = await insertOne(ctx);
    expect(await stored(ctx)).toEqual([note]);
  });

  it('survives a lost connection and takes effect once', async () => {
    const ctx = createContext();
    await failCommands(['commitTransaction'], { closeConnection: true }, 1);
    const note = await insertOne(ctx);
    expect(await stored(ctx)).toEqual([note]);
  });

  it.each([
    ['insert', transient],
    ['commitTransaction', unknown],
  ])('never outlives the deadline when %s fails for good', async (command, data) => {
    const deadline = Date.now() + 400;
    const ctx = createContext({ deadline });
    await failCommands([command], data, 'alwaysOn');
    await expect(insertOne(ctx)).rejects.toMatchObject({
      status: expect.toSatisfy((status) => status === 503 || status === 504),
    });
    expect(Date.now()).toBeLessThan(deadline + 500);
  });

  it('integrity: does not start again when the outcome of several writes stays unknown', async () => {
    const ctx = createContext({ deadline: Date.now() + 400 });
    const { collections, unitOfWork } = open();
    await failCommands(['commitTransaction'], unknown, 'alwaysOn');
    const begun: unknown[] = [];
    const onCommand = ({ command }: CommandStartedEvent) => {
      if (command['startTransaction']) begun.push(command['txnNumber']);
    };
    datastore.current.client.on('commandStarted', onCommand);
    const work = async () => [1, 2].map(() => collections.notes.for(ctx).insert(createNote()));
    await expect(unitOfWork.run(ctx, work, { operation: 'add' })).rejects.toMatchObject({ code: 'outcome-unknown' });
    datastore.current.client.off('commandStarted', onCommand);
    expect(begun).toHaveLength(1);
  });

  it.each([
    ['UnknownReplWriteConcern', { writeConcernError: { code: 79, errmsg: 'no such concern' } }],
    ['UnsatisfiableWriteConcern', { writeConcernError: { code: 100, errmsg: 'too few members' } }],
    ['WriteConcernFailed', { writeConcernError: { code: 64, errmsg: 'waiting timed out' } }],
    ['ShutdownInProgress', { writeConcernError: { code: 91, errmsg: 'shutting down' } }],
    ['an error of an unknown kind', { errorCode: 8000 }],
  ])('that fails with %s has an unknown outcome', async (_what, data) => {
    const ctx = createContext({ deadline: Date.now() + 1500 });
    await failCommands(['commitTransaction'], data, 'alwaysOn');
    await expect(insertOne(ctx)).rejects.toMatchObject({ code: 'outcome-unknown' });
  });

  it('that the server has aborted has a known outcome', async () => {
    const ctx = createContext({ deadline: Date.now() + 1000 });
    await failCommands(['commitTransaction'], transient, 'alwaysOn');
    await expect(insertOne(ctx)).rejects.toMatchObject({
      code: expect.stringMatching(/^(unavailable|upstream-timeout)$/),
    });
    expect(await stored(createContext({ tenantId: ctx.tenantId }))).toEqual([]);
  });

  it('integrity: with a write concern that failed is not sent again in another transaction', async () => {
    const ctx = createContext();
    await failCommands(['commitTransaction'], { writeConcernError: { code: 79, errmsg: 'no such concern' } });
    await expect(insertOne(ctx)).rejects.toMatchObject({ code: 'outcome-unknown' });
    // The failpoint lets the commit take effect, as a server does.
    await expect.poll(() => stored(createContext({ tenantId: ctx.tenantId }))).toHaveLength(1);
  });

  it('does not start after the deadline', async () => {
    const ctx = createContext({ deadline: Date.now() - 1 });
    await expect(insertOne(ctx)).rejects.toMatchObject({ code: 'upstream-timeout' });
    expect(await stored(createContext({ tenantId: ctx.tenantId }))).toEqual([]);
  });

  it('race: 100 transfers between two notes conserve the sum', async () => {
    const ctx = createContext({ deadline: Date.now() + 30_000 });
    const { collections, unitOfWork } = open();
    const add = async () => {
      const scoped = collections.notes.for(ctx);
      return [scoped.insert(createNote({ words: 60 })), scoped.insert(createNote({ words: 0 }))] as const;
    };
    const [from, to] = await unitOfWork.run(ctx, add, { operation: 'add' });
    const transfer = () => {
      const unitCtx = { ...ctx };
      const move = async () => {
        const scoped = collections.notes.for(unitCtx);
        scoped.updateWhere({ _id: from._id, words: { $gte: 1 } }, { $inc: { words: -1 } }, commonErrors.staleVersion());
        scoped.updateWhere({ _id: to._id }, { $inc: { words: 1 } }, commonErrors.notFound());
      };
      return unitOfWork.run(unitCtx, move, { operation: 'transfer' });
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, transfer));
    const done = outcomes.filter(({ status }) => status === 'fulfilled').length;
    const [left, right] = await Promise.all([
      collections.notes.for(ctx).get(from._id),
      collections.notes.for(ctx).get(to._id),
    ]);
    expect(left.words + right.words).toBe(60);
    expect(right.words).toBe(done);
    expect(done).toBe(60);
  }, 40_000);
});

describe('an idempotency key', () => {
  const getDb = () => datastore.current.client.db(`${datastore.current.databasePrefix}units`);
  const commitWithKey = ({ collections, unitOfWork }: ReturnType<typeof open>, ctx: Ctx) =>
    unitOfWork.run(ctx, async () => collections.notes.for(ctx).insert(createNote()), {
      operation: 'add',
      idempotency: { key: 'k', fingerprint: 'f', toResponse: () => ({ status: 201, headers: {}, body: '' }) },
    });

  it('integrity: is looked up in rows that cannot be rolled back, up to the latest commit', async () => {
    const ctx = createContext();
    const lookups: object[] = [];
    const onCommand = ({ commandName, command }: CommandStartedEvent) => {
      if (commandName === 'find') lookups.push(command);
    };
    datastore.current.client.on('commandStarted', onCommand);
    await open().journal.find(ctx, 'k');
    datastore.current.client.off('commandStarted', onCommand);
    const readConcern = { level: 'linearizable' };
    expect(lookups).toMatchObject([
      { find: 'idempotencyKeys', readConcern },
      { find: 'journal', hint: 'byKey', readConcern },
    ]);
  });

  it.each(['update', 'insert'])(
    'integrity: exists if and only if its writes do: a failed %s writes neither',
    async (command) => {
      const ctx = createContext();
      // The document is inserted first, then the key is stored by an update, then the journal row is inserted.
      await failCommands([command], { errorCode: 50 }, command === 'insert' ? { skip: 1 } : 'alwaysOn');
      await expect(commitWithKey(open(), ctx)).rejects.toMatchObject({ code: 'upstream-timeout' });
      await failCommands([], {});
      for (const name of ['notes', 'idempotencyKeys', 'journal']) {
        expect(await getDb().collection(name).countDocuments({ tenantId: ctx.tenantId }), name).toBe(0);
      }
      const late = createContext({ tenantId: ctx.tenantId });
      await expect(commitWithKey(open(), late)).resolves.toMatchObject({ version: 1 });
    },
  );

  it('shares a command with the other keys of its group', async () => {
    const sent: unknown[] = [];
    const onCommand = ({ command }: CommandStartedEvent) => sent.push(command['insert'] ?? command['update']);
    const store = open();
    datastore.current.client.on('commandStarted', onCommand);
    await Promise.all(Array.from({ length: 64 }, () => commitWithKey(store, createContext())));
    datastore.current.client.off('commandStarted', onCommand);
    expect(sent.filter((name) => name !== undefined)).toEqual(['notes', 'idempotencyKeys', 'journal']);
  });

  it('is stored for hours and its response is not in the journal row, which is kept for days', async () => {
    const ctx = createContext();
    await commitWithKey(open(), ctx);
    const [row] = await getDb().collection('journal').find({ tenantId: ctx.tenantId }).toArray();
    expect(row).toMatchObject({ operation: 'add' });
    expect(row).not.toHaveProperty('answer');
    const expiries = await Promise.all(
      ['idempotencyKeys', 'journal'].map(async (name) => {
        const indexes = await getDb().collection(name).indexes();
        return indexes.find(({ expireAfterSeconds }) => expireAfterSeconds !== undefined);
      }),
    );
    expect(expiries).toMatchObject([
      { key: { expiresAt: 1 }, expireAfterSeconds: 3600 },
      { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
    ]);
  });

  it('never outlives the deadline when another transaction blocks it', async ({ onTestFinished }) => {
    const ctx = createContext();
    await commitWithKey(open(), ctx);
    await ageKeys(getDb(), keyLifetimeMs);
    const blocking = datastore.current.client.startSession();
    onTestFinished(() => blocking.endSession());
    blocking.startTransaction();
    const keys = getDb().collection('idempotencyKeys');
    await keys.updateOne({ tenantId: ctx.tenantId }, { $set: { fingerprint: 'blocking' } }, { session: blocking });
    const refusal = { code: expect.toBeOneOf(['upstream-timeout', 'unavailable']) };
    const deadline = Date.now() + 400;
    const late = createContext({ tenantId: ctx.tenantId, deadline });
    await expect(commitWithKey(open(), late)).rejects.toMatchObject(refusal);
    expect(Date.now()).toBeLessThan(deadline + 500);
  });
});

describe('a read', () => {
  it('is sent again once when the connection is lost', async () => {
    const ctx = createContext();
    const note = await insertOne(ctx);
    await failCommands(['find'], { closeConnection: true }, 1);
    expect(await open().collections.notes.for(ctx).get(note._id)).toEqual(note);
  });

  it('is unavailable when the connection is lost again', async () => {
    await failCommands(['find'], { closeConnection: true }, 'alwaysOn');
    await expect(open().collections.notes.for(createContext()).get(createId())).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('ends at its deadline', async () => {
    await failCommands(['find'], { errorCode: 50 }, 1);
    await expect(open().collections.notes.for(createContext()).get(createId())).rejects.toMatchObject({
      code: 'upstream-timeout',
    });
    await expect(
      open()
        .collections.notes.for(createContext({ deadline: Date.now() }))
        .get(createId()),
    ).rejects.toMatchObject({ code: 'upstream-timeout' });
  });

  it('is not sent when its caller has disconnected', async () => {
    const ctx = createContext({ signal: AbortSignal.abort(new Error('disconnected')) });
    await expect(open().collections.notes.for(ctx).get(createId())).rejects.toThrow('disconnected');
  });

  it('ends on the server when its caller disconnects', async () => {
    const controller = new AbortController();
    const ctx = createContext({ signal: controller.signal });
    const admin = datastore.current.client.db('admin');
    const running = async () => {
      const { inprog } = await admin.command({ currentOp: 1, 'command.filter.tenantId': ctx.tenantId });
      return (inprog as unknown[]).length;
    };
    const wait = (mode: string) =>
      admin.command({
        configureFailPoint: 'waitInFindBeforeMakingBatch',
        mode,
        data: { nss: `${datastore.current.databasePrefix}units.notes`, shouldCheckForInterrupt: true },
      });
    await wait('alwaysOn');
    const listing = open().collections.notes.for(ctx).list({ where: {}, sort: 'createdAt', limit: 1 });
    const refused = expect(listing).rejects.toThrow('disconnected');
    await expect.poll(running).toBe(1);
    controller.abort(new Error('disconnected'));
    await refused;
    try {
      await expect.poll(running).toBe(0);
    } finally {
      await wait('off');
    }
  });

  it('throws an unexpected error of the driver unchanged', async () => {
    await failCommands(['find'], { errorCode: 2 }, 1);
    await expect(open().collections.notes.for(createContext()).get(createId())).rejects.toMatchObject({ code: 2 });
  });
});
