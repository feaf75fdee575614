import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ctx } from '@plinth/data-kit';
import { createContext, createId, createIds, openTcpProxy, type TcpProxy } from '@plinth/testing';
import { type CommandFailedEvent, type CommandSucceededEvent, MongoClient } from 'mongodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { createDatastore } from '../src/datastore.ts';
import { clientSettings } from '../src/settings.ts';
import { createNote, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

const datastore = useDatastore();
const clock = { now: () => new Date() };
const module = { name: 'outage', collections: { notes } };

beforeAll(() => datastore.current.open(module, { clock, ids: createIds(clock) }).prepare());

/** Every call is settled within this time, whatever happens to MongoDB. */
const settledWithinMs = 5000;
const heartbeatMs = 500;
/** Longer than the driver waits for a heartbeat. */
const blockedMs = 4000;

type DriverLog = { readonly message?: string };
type Cleanup = (work: () => Promise<void>) => void;

/** Opens a store behind a proxy of its own. */
const openFixture = async (onTestFinished: Cleanup) => {
  const proxy = await openTcpProxy(new URL(String(process.env['MONGODB_URI'])));
  let selections = 0;
  const write = ({ message }: DriverLog) => void (selections += Number(message === 'Server selection started'));
  const client = new MongoClient(`mongodb://127.0.0.1:${proxy.port}/?directConnection=true`, {
    ...clientSettings(8),
    monitorCommands: true,
    mongodbLogPath: { write },
    mongodbLogComponentSeverities: { serverSelection: 'debug' },
  });
  await client.connect();
  onTestFinished(async () => {
    // Closing the client waits until the server has responded to its aborts.
    await proxy.restore();
    await client.close();
    await proxy.close();
  });
  const opened = createDatastore({
    client,
    cursorSecrets: ['a secret'],
    databasePrefix: datastore.current.databasePrefix,
  }).open(module, { clock, ids: createIds(clock) });
  const ctx = createContext();
  const scoped = (unitCtx: Ctx) => opened.collections.notes.for(unitCtx);
  return {
    proxy,
    /** Resolves when the server has responded to an abort. */
    aborted: () =>
      new Promise<void>((resolve) => {
        const onResponse = ({ commandName }: CommandSucceededEvent | CommandFailedEvent) =>
          commandName === 'abortTransaction' && resolve();
        client.on('commandSucceeded', onResponse).on('commandFailed', onResponse);
      }),
    get: () => scoped(ctx).get(createId()),
    list: () => scoped(ctx).list({ where: {}, sort: 'createdAt', limit: 10 }),
    /** Adds two notes, so that a single set has several commands. */
    add: (slug = createNote().slug) => {
      const unitCtx = { ...ctx };
      const work = async () => [scoped(unitCtx).insert(createNote()), scoped(unitCtx).insert(createNote({ slug }))];
      return opened.unitOfWork.run(unitCtx, work, { operation: 'add' });
    },
    /** Calls `interrupt` directly before the command of a name is sent for the n-th time. */
    onNth: (name: string, times: number, interrupt: (proxy: TcpProxy) => void) => {
      let left = times;
      client.on('commandStarted', ({ commandName }) => {
        if (commandName !== name || (left -= 1) !== 0) return;
        selections = 0;
        interrupt(proxy);
      });
    },
    /** Resolves shortly before a heartbeat is due, so that its absence is detected early. */
    beforeHeartbeat: async () => {
      const [{ awaited }] = await once(client, 'serverHeartbeatSucceeded');
      await sleep(awaited ? heartbeatMs * 0.7 : heartbeatMs * 1.7);
    },
    /** Calls `restore` when the driver interrupts waiting commands. */
    onInterruption: (restore: (proxy: TcpProxy) => void) =>
      void client.on('connectionPoolCleared', () => restore(proxy)),
    /** Returns how often the driver has started a server selection since the interruption. */
    selections: () => selections,
  };
};

type Fixture = Awaited<ReturnType<typeof openFixture>>;

const interruptions: readonly (readonly [string, (proxy: TcpProxy) => void])[] = [
  ['is unreachable', (proxy) => void proxy.cut()],
  ['does not respond', (proxy) => proxy.freeze()],
];

type Work = {
  readonly name: string;
  readonly command: string;
  readonly work: (fixture: Fixture) => Promise<unknown>;
  readonly code?: string;
};

const works: readonly Work[] = [
  { name: 'a read by id', command: 'find', work: ({ get }) => get() },
  { name: 'reads by id that share a command', command: 'find', work: ({ get }) => Promise.all([get(), get()]) },
  { name: 'a list', command: 'find', work: ({ list }) => list() },
  { name: 'a write', command: 'insert', work: ({ add }) => add() },
  { name: 'a commit', command: 'commitTransaction', work: ({ add }) => add(), code: 'outcome-unknown' },
];

const toRefusal = (code: string) => ({ status: 'rejected', reason: expect.objectContaining({ code }) });
const refused = toRefusal('unavailable');

describe.concurrent.each(interruptions)('when MongoDB %s', { retry: 3 }, (_, interrupt) => {
  it.for(works)(
    '$name is rejected in time, after one server selection',
    async ({ command, work, code = 'unavailable' }, { expect, onTestFinished }) => {
      const fixture = await openFixture(onTestFinished);
      fixture.onNth(command, 1, interrupt);
      const began = performance.now();
      const [outcome] = await Promise.allSettled([work(fixture)]);
      expect(fixture.selections()).toBe(1);
      expect(performance.now() - began).toBeLessThan(settledWithinMs);
      expect(outcome).toEqual(toRefusal(code));
    },
  );

  it.for([
    { name: 'commits', command: 'insert', work: ({ add }: Fixture) => add() },
    { name: 'reads', command: 'find', work: ({ get }: Fixture) => get() },
  ])('$name that wait for others are rejected with them', async ({ command, work }, { expect, onTestFinished }) => {
    const fixture = await openFixture(onTestFinished);
    let waiting: Promise<PromiseSettledResult<unknown>[]> = Promise.resolve([]);
    fixture.onNth(command, 1, (proxy) => {
      interrupt(proxy);
      // More than one batch.
      waiting = Promise.allSettled(Array.from({ length: 400 }, () => work(fixture)));
    });
    const began = performance.now();
    await Promise.allSettled([work(fixture)]);
    expect(await waiting).toEqual(Array(400).fill(refused));
    expect(performance.now() - began).toBeLessThan(settledWithinMs);
  });

  it('integrity: the failed sets of a group do not select a server one after another', async ({
    expect,
    onTestFinished,
  }) => {
    const fixture = await openFixture(onTestFinished);
    const { slug } = createNote();
    await fixture.add(slug);
    // The first group has one set. The second fails because of the slug; up to four sets are then tried alone at a time.
    fixture.onNth('insert', 4, interrupt);
    const began = performance.now();
    const outcomes = await Promise.allSettled(Array.from({ length: 16 }, () => fixture.add(slug)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toEqual([]);
    expect(fixture.selections()).toBeLessThanOrEqual(5);
    expect(performance.now() - began).toBeLessThan(settledWithinMs);
  });
});

describe.concurrent('when MongoDB responds again as soon as the driver has noticed the outage', { retry: 3 }, () => {
  it.for(works.filter(({ name }) => !name.includes('by id')))(
    '$name continues and takes effect',
    async ({ command, work }, { expect, onTestFinished }) => {
      const fixture = await openFixture(onTestFinished);
      await fixture.beforeHeartbeat();
      fixture.onNth(command, 1, (proxy) => proxy.freeze());
      fixture.onInterruption((proxy) => void proxy.restore());
      await work(fixture);
      expect(fixture.selections()).toBeGreaterThan(0);
      expect((await fixture.list()).items).toHaveLength(command === 'find' ? 0 : 2);
    },
  );
});

describe.concurrent('a write that was rejected while MongoDB did not respond', () => {
  it('integrity: does not take effect later', async ({ expect, onTestFinished }) => {
    const fixture = await openFixture(onTestFinished);
    fixture.onNth('insert', 1, (proxy) => proxy.freeze());
    await expect(fixture.add()).rejects.toMatchObject({ code: 'unavailable' });
    const aborted = fixture.aborted();
    await fixture.proxy.restore();
    await aborted;
    await fixture.add();
    expect((await fixture.list()).items).toHaveLength(2);
  });
});

/** Blocks the event loop of this process. */
const block = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

describe('a blocked process', () => {
  it('loses nothing: calls that waited for MongoDB continue', async () => {
    const { client } = datastore.current;
    const { collections, unitOfWork } = datastore.current.open(module, { clock, ids: createIds(clock) });
    const events: string[] = [];
    for (const name of ['connectionPoolCleared', 'serverHeartbeatFailed', 'commandFailed'] as const) {
      client.on(name, () => events.push(name));
    }
    const ctx = createContext({ deadline: Date.now() + 20_000 });
    const add = () => {
      const unitCtx = { ...ctx };
      return unitOfWork.run(unitCtx, async () => collections.notes.for(unitCtx).insert(createNote()), {
        operation: 'add',
      });
    };
    const note = await add();
    const waiting = [add(), collections.notes.for(ctx).get(note._id), sleep(1)];
    await waiting[2];
    block(blockedMs);
    await Promise.all(waiting);
    expect(events).toEqual([]);
  });
});
