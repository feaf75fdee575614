import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ctx } from '@plinth/data-kit';
import { aContext, anId, createIds, openTcpProxy, type TcpProxy } from '@plinth/testing';
import { type CommandFailedEvent, type CommandSucceededEvent, MongoClient } from 'mongodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { createDatastore } from '../src/datastore.ts';
import { clientSettings } from '../src/settings.ts';
import { aNote, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

const datastore = useDatastore();
const clock = { now: () => new Date() };
const module = { name: 'away', collections: { notes } };

beforeAll(() => datastore.current.open(module, { clock, ids: createIds(clock) }).prepare());

/** Whoever has asked is answered by then, whatever becomes of MongoDB. */
const answeredWithinMs = 5000;
const heartbeatMs = 500;
/** Longer than the driver waits for a sign of life. */
const blockedMs = 4000;

type Told = { readonly message?: string };
type Cleanup = (work: () => Promise<void>) => void;

/** A store at the end of a proxy of its own. */
const aStage = async (onTestFinished: Cleanup) => {
  const proxy = await openTcpProxy(new URL(String(process.env['MONGODB_URI'])));
  let looks = 0;
  const write = ({ message }: Told) => void (looks += Number(message === 'Server selection started'));
  const client = new MongoClient(`mongodb://127.0.0.1:${proxy.port}/?directConnection=true`, {
    ...clientSettings(8),
    monitorCommands: true,
    mongodbLogPath: { write },
    mongodbLogComponentSeverities: { serverSelection: 'debug' },
  });
  await client.connect();
  onTestFinished(async () => {
    await client.close();
    await proxy.close();
  });
  const opened = createDatastore({
    client,
    cursorSecret: 'a secret',
    databasePrefix: datastore.current.databasePrefix,
  }).open(module, { clock, ids: createIds(clock) });
  const ctx = aContext();
  const scoped = (own: Ctx) => opened.collections.notes.for(own);
  return {
    proxy,
    /** Resolves when the server, which may have heard nothing of it, has answered an abort. */
    aborted: () =>
      new Promise<void>((resolve) => {
        const onAnswer = ({ commandName }: CommandSucceededEvent | CommandFailedEvent) =>
          commandName === 'abortTransaction' && resolve();
        client.on('commandSucceeded', onAnswer).on('commandFailed', onAnswer);
      }),
    get: () => scoped(ctx).get(anId()),
    list: () => scoped(ctx).list({ where: {}, sort: 'createdAt', limit: 10 }),
    /** Adds two notes, so that what is committed alone could be sent once more, one by one. */
    add: (slug = aNote().slug) => {
      const own = { ...ctx };
      const work = async () => [scoped(own).insert(aNote()), scoped(own).insert(aNote({ slug }))];
      return opened.unitOfWork.run(own, work, { operation: 'add' });
    },
    /** Does something when commands of a name are about to be sent for so many times. */
    at: (name: string, times: number, strike: (proxy: TcpProxy) => void) => {
      let left = times;
      client.on('commandStarted', ({ commandName }) => {
        if (commandName !== name || (left -= 1) !== 0) return;
        looks = 0;
        strike(proxy);
      });
    },
    /** Resolves when the next sign of life is due soon, so that its absence is noticed early. */
    beforeHeartbeat: async () => {
      const [{ awaited }] = await once(client, 'serverHeartbeatSucceeded');
      await sleep(awaited ? heartbeatMs * 0.7 : heartbeatMs * 1.7);
    },
    /** Does something when the driver interrupts what waits. */
    onInterruption: (restore: (proxy: TcpProxy) => void) =>
      void client.on('connectionPoolCleared', () => restore(proxy)),
    /** How often the driver has begun to look for a primary since then. */
    looks: () => looks,
  };
};

type Stage = Awaited<ReturnType<typeof aStage>>;

const endings: readonly (readonly [string, (proxy: TcpProxy) => void])[] = [
  ['is gone', (proxy) => void proxy.cut()],
  ['stands still', (proxy) => proxy.freeze()],
];

type Work = { readonly what: string; readonly at: string; readonly work: (stage: Stage) => Promise<unknown> };

const works: readonly Work[] = [
  { what: 'a read by id', at: 'find', work: ({ get }) => get() },
  { what: 'reads by id that share a command', at: 'find', work: ({ get }) => Promise.all([get(), get()]) },
  { what: 'a list', at: 'find', work: ({ list }) => list() },
  { what: 'a write', at: 'insert', work: ({ add }) => add() },
  { what: 'a commit', at: 'commitTransaction', work: ({ add }) => add() },
];

const refused = { status: 'rejected', reason: expect.objectContaining({ code: 'unavailable' }) };

describe.concurrent.each(endings)('when MongoDB %s', (_, strike) => {
  it.for(works)(
    '$what is refused in time, after one look for a primary',
    async ({ at, work }, { expect, onTestFinished }) => {
      const stage = await aStage(onTestFinished);
      stage.at(at, 1, strike);
      const began = performance.now();
      const [outcome] = await Promise.allSettled([work(stage)]);
      expect(stage.looks()).toBe(1);
      expect(performance.now() - began).toBeLessThan(answeredWithinMs);
      expect(outcome).toEqual(refused);
    },
  );

  it.for([
    { what: 'commits', at: 'insert', work: ({ add }: Stage) => add() },
    { what: 'reads', at: 'find', work: ({ get }: Stage) => get() },
  ])('$what that wait for others are refused with them', async ({ at, work }, { expect, onTestFinished }) => {
    const stage = await aStage(onTestFinished);
    const behind: Promise<unknown>[] = [];
    stage.at(at, 1, (proxy) => {
      strike(proxy);
      // More than are sent at once.
      behind.push(...Array.from({ length: 400 }, () => work(stage)));
    });
    const began = performance.now();
    await Promise.allSettled([work(stage)]);
    expect(await Promise.allSettled(behind)).toEqual(Array(400).fill(refused));
    expect(performance.now() - began).toBeLessThan(answeredWithinMs);
  });

  it('integrity: of a group that falls apart no part looks for a primary by itself', async ({
    expect,
    onTestFinished,
  }) => {
    const stage = await aStage(onTestFinished);
    const { slug } = aNote();
    await stage.add(slug);
    // The first group has one set; the second fails for the slug, and a half of it comes next.
    stage.at('insert', 4, strike);
    const began = performance.now();
    const outcomes = await Promise.allSettled(Array.from({ length: 16 }, () => stage.add(slug)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toEqual([]);
    expect(stage.looks()).toBe(1);
    expect(performance.now() - began).toBeLessThan(answeredWithinMs);
  });
});

describe.concurrent('when MongoDB goes on as soon as its standstill is noticed', () => {
  it.for(works.filter(({ what }) => !what.includes('by id')))(
    '$what goes on as well',
    async ({ at, work }, { expect, onTestFinished }) => {
      const stage = await aStage(onTestFinished);
      await stage.beforeHeartbeat();
      stage.at(at, 1, (proxy) => proxy.freeze());
      stage.onInterruption((proxy) => void proxy.restore());
      await work(stage);
      expect(stage.looks()).toBeGreaterThan(0);
      expect((await stage.list()).items).toHaveLength(at === 'find' ? 0 : 2);
    },
  );
});

describe('a write that was refused while MongoDB stood still', () => {
  it('integrity: does not happen when it goes on', async ({ expect, onTestFinished }) => {
    const stage = await aStage(onTestFinished);
    stage.at('insert', 1, (proxy) => proxy.freeze());
    await expect(stage.add()).rejects.toMatchObject({ code: 'unavailable' });
    const aborted = stage.aborted();
    await stage.proxy.restore();
    await aborted;
    await stage.add();
    expect((await stage.list()).items).toHaveLength(2);
  });
});

/** Nothing else happens in this process. */
const block = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

describe('a process that is blocked', () => {
  it('loses nothing: what waited for MongoDB goes on', async () => {
    const { client } = datastore.current;
    const { collections, unitOfWork } = datastore.current.open(module, { clock, ids: createIds(clock) });
    const events: string[] = [];
    for (const name of ['connectionPoolCleared', 'serverHeartbeatFailed', 'commandFailed'] as const) {
      client.on(name, () => events.push(name));
    }
    const ctx = aContext({ deadline: Date.now() + 20_000 });
    const add = () => {
      const own = { ...ctx };
      return unitOfWork.run(own, async () => collections.notes.for(own).insert(aNote()), { operation: 'add' });
    };
    const note = await add();
    const waiting = [add(), collections.notes.for(ctx).get(note._id), sleep(1)];
    await waiting[2];
    block(blockedMs);
    await Promise.all(waiting);
    expect(events).toEqual([]);
  }, 30_000);
});
