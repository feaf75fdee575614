import { defineEvents, type EventDefinition, Id } from '@plinth/contract-kit';
import { type Ctx, type Datastore, type DeliveredEvent, type Subscription } from '@plinth/data-kit';
import { aContext, anId, createIds } from '@plinth/testing';
import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDatastore } from '../src/datastore.ts';
import { clientSettings } from '../src/settings.ts';
import { openTestDatastore, type TestDatastore } from '../src/testing/index.ts';

type Moved = { readonly id: string };

const { boxMoved: moved, boxOpened: opened } = defineEvents('boxes', {
  aggregate: { id: Id },
  events: { boxMoved: {}, boxOpened: {} },
});
const clock = { now: () => new Date() };

let datastore: TestDatastore;
/** Another client, as another process has: what befalls the one does not befall the other. */
let reader: Datastore;
const following: Subscription[] = [];

beforeAll(async () => {
  datastore = await openTestDatastore();
  const { databasePrefix } = datastore;
  const client = new MongoClient(String(process.env['MONGODB_URI']), clientSettings(8));
  reader = createDatastore({ client, databasePrefix, cursorSecret: 'not used, since nothing is listed' });
});

afterEach(async () => {
  await failing('off');
  await Promise.all(following.splice(0).map(({ stop }) => stop()));
});

afterAll(async () => {
  await Promise.all([datastore.close(), reader.close()]);
});

const failing = (mode: 'off' | 'alwaysOn' | { times: number }, data: object = {}) =>
  datastore.client.db('admin').command({ configureFailPoint: 'failCommand', mode, ...(mode !== 'off' && { data }) });

const openModule = (name: string, at = clock) =>
  datastore.open({ name, collections: {} }, { clock: at, ids: createIds(clock) });

/** A module with an empty journal, and what emits events into it: as many as there are ids, in one write set. */
const aModule = async (at = clock) => {
  const name = `m${anId().slice(-12)}`;
  const { unitOfWork, events, prepare } = openModule(name, at);
  await prepare();
  const emit = (
    ids: readonly string[],
    { event = moved, ctx = aContext() }: { event?: EventDefinition<Moved>; ctx?: Ctx } = {},
  ) => unitOfWork.run(ctx, async () => ids.forEach((id) => events.emit(ctx, event, { id })), { operation: 'emit' });
  return { name, emit };
};

type Start = { readonly since?: Date; readonly listener?: (event: DeliveredEvent<Moved>) => void };

/** Follows `moved`, and keeps what it was told. */
const follow = async (module: string, { since = new Date(0), listener }: Start = {}) => {
  const told: DeliveredEvent<Moved>[] = [];
  const onDisconnect = vi.fn();
  const onReconnect = vi.fn();
  const one = await reader.subscribe({ module, event: moved, since, clock, onDisconnect, onReconnect }, (event) => {
    listener?.(event);
    told.push(event);
  });
  following.push(one);
  const ids = () => new Set(told.map(({ payload }) => payload.id));
  return { ...one, told, ids, onDisconnect, onReconnect };
};

const someIds = (count: number) => Array.from({ length: count }, () => anId());

/** The cursors on a journal that the server keeps. */
const cursorsOn = (module: string) =>
  datastore.client
    .db('admin')
    .aggregate(
      [
        { $currentOp: { idleCursors: true, localOps: true } },
        { $match: { ns: `${datastore.databasePrefix}${module}.journal`, 'cursor.cursorId': { $exists: true } } },
      ],
      { readConcern: { level: 'local' } },
    )
    .toArray();

describe('a follower', () => {
  it('is told what lies in the journal when it begins, and then what is committed', async () => {
    const { name, emit } = await aModule();
    const [first = '', second = '', third = ''] = someIds(3);
    const ctx = aContext();
    await emit([first], { ctx });
    await emit([second]);
    const { told, ids } = await follow(name);
    expect([...ids()]).toEqual([first, second]);
    expect(told[0]).toEqual({ tenantId: ctx.tenantId, at: expect.any(Date), payload: { id: first } });
    await emit([third]);
    await vi.waitFor(() => expect([...ids()]).toEqual([first, second, third]), 5000);
  });

  it('is told within a second of a commit', async () => {
    const { name, emit } = await aModule();
    const { ids } = await follow(name);
    for (const id of someIds(5)) {
      await emit([id]);
      await vi.waitFor(() => expect(ids()).toContain(id), { timeout: 1000, interval: 5 });
    }
  });

  it('is told of every tenant, every event of a write set, and of no other event and no other module', async () => {
    const [one, other] = [await aModule(), await aModule()];
    const [a = '', b = '', c = '', d = '', e = ''] = someIds(5);
    const { told } = await follow(one.name);
    const ctxs = [aContext(), aContext()];
    await other.emit([d]);
    await one.emit([e], { event: opened });
    await one.emit([a, b], ctxs[0] && { ctx: ctxs[0] });
    await one.emit([c], ctxs[1] && { ctx: ctxs[1] });
    await vi.waitFor(() => expect(told).toHaveLength(3), 5000);
    expect(told.map(({ tenantId, payload }) => [tenantId, payload.id])).toEqual([
      [ctxs[0]?.tenantId, a],
      [ctxs[0]?.tenantId, b],
      [ctxs[1]?.tenantId, c],
    ]);
    const late = await follow(one.name);
    expect([...late.ids()]).toEqual([a, b, c]);
  });

  it('boundary: begins with the very moment that it asked for', async () => {
    const since = new Date();
    let now = since.getTime();
    const { name, emit } = await aModule({ now: () => new Date(now) });
    const [before = '', at = '', after = ''] = someIds(3);
    for (const [id, offset] of [
      [before, -1],
      [at, 0],
      [after, 1],
    ] as const) {
      now = since.getTime() + offset;
      await emit([id]);
    }
    expect((await follow(name, { since })).ids()).toEqual(new Set([at, after]));
  });

  it('race: misses none of 200 events that are committed while it begins', async () => {
    const { name, emit } = await aModule();
    const ids = someIds(200);
    let told: (() => Set<string>) | undefined;
    for (let at = 0; at < ids.length; at += 4) {
      await Promise.all(ids.slice(at, at + 4).map((id) => emit([id])));
      if (at === 40) void follow(name).then((follower) => (told = follower.ids));
    }
    await vi.waitFor(() => expect(told?.()).toEqual(new Set(ids)), 10_000);
  });

  it('follows a journal that nobody has made yet', async () => {
    const name = `m${anId().slice(-12)}`;
    const { ids } = await follow(name);
    const { unitOfWork, events, prepare } = openModule(name);
    await prepare();
    const ctx = aContext();
    const id = anId();
    await unitOfWork.run(ctx, async () => events.emit(ctx, moved, { id }), { operation: 'emit' });
    await vi.waitFor(() => expect(ids()).toEqual(new Set([id])), 5000);
  });

  it('does not begin, and says why, when it may not read the journal', async () => {
    const { name } = await aModule();
    for (const command of ['aggregate', 'find']) {
      await failing({ times: 1 }, { failCommands: [command], errorCode: 13 });
      await expect(follow(name)).rejects.toMatchObject({
        name: 'StartupError',
        message: expect.stringMatching(/^The journal of '\w+' cannot be read \(Unauthorized\)\. Check that .* 'read'/),
      });
    }
    await vi.waitFor(async () => expect(await cursorsOn(name)).toEqual([]), 5000);
  });

  it('stops: its cursor is closed, and nothing is told any more', async () => {
    const { name, emit } = await aModule();
    const { told, stop, onDisconnect } = await follow(name);
    await vi.waitFor(async () => expect(await cursorsOn(name)).toHaveLength(1), 5000);
    await stop();
    await vi.waitFor(async () => expect(await cursorsOn(name)).toEqual([]), 5000);
    await emit([anId()]);
    const { ids } = await follow(name);
    expect(ids().size).toBe(1);
    expect(told).toEqual([]);
    expect(onDisconnect).not.toHaveBeenCalled();
  });
});

describe('integrity: a follower is told what was committed while', () => {
  it('its cursor was killed', async () => {
    const { name, emit } = await aModule();
    const { ids } = await follow(name);
    const [before = '', after = ''] = someIds(2);
    await emit([before]);
    await vi.waitFor(() => expect(ids()).toContain(before), 5000);
    const [cursor] = await cursorsOn(name);
    await datastore.client
      .db(`${datastore.databasePrefix}${name}`)
      .command({ killCursors: 'journal', cursors: [cursor?.['cursor'].cursorId] });
    await emit([after]);
    await vi.waitFor(() => expect(ids()).toContain(after), 5000);
  });

  it('its connection was lost again and again', async () => {
    const { name, emit } = await aModule();
    const { ids, onDisconnect, onReconnect } = await follow(name);
    await failing({ times: 6 }, { failCommands: ['aggregate', 'getMore'], closeConnection: true });
    const some = someIds(20);
    for (const id of some) {
      await emit([id]);
    }
    await vi.waitFor(() => expect(ids()).toEqual(new Set(some)), 10_000);
    expect(onDisconnect.mock.calls.length - onReconnect.mock.calls.length).toBeLessThanOrEqual(1);
  });

  it('the history of its stream was lost and none could be opened; it hears of trouble once', async () => {
    const { name, emit } = await aModule();
    const { ids, onDisconnect, onReconnect } = await follow(name);
    const historyLost = { errorCode: 286, errorLabels: ['NonResumableChangeStreamError'] };
    await failing('alwaysOn', { failCommands: ['aggregate', 'getMore'], ...historyLost });
    await vi.waitFor(() => expect(onDisconnect).toHaveBeenCalled(), 5000);
    const some = someIds(3);
    await emit(some);
    expect(ids().size).toBe(0);
    await failing('off');
    await vi.waitFor(() => expect(ids()).toEqual(new Set(some)), 10_000);
    await vi.waitFor(() => expect(onReconnect).toHaveBeenCalledOnce(), 5000);
    expect(onDisconnect).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 286 }));
    const [live = ''] = someIds(1);
    await emit([live]);
    await vi.waitFor(() => expect(ids()).toContain(live), 5000);
  });

  it('its journal was dropped and made again', async () => {
    const { name, emit } = await aModule();
    const { ids, onDisconnect } = await follow(name);
    const [before = '', after = ''] = someIds(2);
    await emit([before]);
    await vi.waitFor(() => expect(ids()).toContain(before), 5000);
    await datastore.client.db(`${datastore.databasePrefix}${name}`).dropCollection('journal');
    await openModule(name).prepare();
    await emit([after]);
    await vi.waitFor(() => expect(ids()).toContain(after), 5000);
    await vi.waitFor(() => expect(onDisconnect).toHaveBeenCalledOnce(), 5000);
  });

  it('its listener failed: it is told again', async () => {
    const { name, emit } = await aModule();
    const listener = vi.fn<() => void>().mockImplementationOnce(() => {
      throw new Error('not now');
    });
    const { ids } = await follow(name, { listener });
    const id = anId();
    await emit([id]);
    await vi.waitFor(() => expect(ids()).toEqual(new Set([id])), 5000);
  });

  it('nothing is told after it was stopped during an outage', async () => {
    const { name, emit } = await aModule();
    const { told, stop, onDisconnect, onReconnect } = await follow(name);
    await failing('alwaysOn', { failCommands: ['aggregate', 'getMore'], errorCode: 286 });
    await vi.waitFor(() => expect(onDisconnect).toHaveBeenCalled(), 5000);
    await stop();
    await failing('off');
    await emit([anId()]);
    expect((await follow(name)).ids().size).toBe(1);
    expect(told).toEqual([]);
    expect(onReconnect).not.toHaveBeenCalled();
  });
});
