import { defineEvents, type EventDefinition, Id } from '@plinth/contract-kit';
import { type Ctx, type Datastore, type DeliveredEvent, type Subscription } from '@plinth/data-kit';
import { createContext, createId, createIds } from '@plinth/testing';
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
/** A separate client, as in another process, so that its faults do not affect `datastore`. */
let reader: Datastore;
const subscriptions: Subscription[] = [];

beforeAll(async () => {
  datastore = await openTestDatastore();
  const { databasePrefix } = datastore;
  const client = new MongoClient(String(process.env['MONGODB_URI']), clientSettings(8));
  reader = createDatastore({ client, databasePrefix, cursorSecrets: ['not used, since nothing is listed'] });
});

afterEach(async () => {
  await setFailPoint('off');
  await Promise.all(subscriptions.splice(0).map(({ stop }) => stop()));
});

afterAll(async () => {
  await Promise.all([datastore.close(), reader.close()]);
});

const setFailPoint = (mode: 'off' | 'alwaysOn' | { times: number }, data: object = {}) =>
  datastore.client.db('admin').command({ configureFailPoint: 'failCommand', mode, ...(mode !== 'off' && { data }) });

const openModule = (name: string, moduleClock = clock) =>
  datastore.open({ name, collections: {} }, { clock: moduleClock, ids: createIds(clock) });

/** Creates a module with an empty journal. `emit` emits one event for each id, in one write set. */
const createModule = async (moduleClock = clock) => {
  const name = `m${createId().slice(-12)}`;
  const { unitOfWork, events, prepare } = openModule(name, moduleClock);
  await prepare();
  const emit = (
    ids: readonly string[],
    { event = moved, ctx = createContext() }: { event?: EventDefinition<Moved>; ctx?: Ctx } = {},
  ) => unitOfWork.run(ctx, async () => ids.forEach((id) => events.emit(ctx, event, { id })), { operation: 'emit' });
  return { name, emit };
};

type Start = { readonly since?: Date; readonly listener?: (event: DeliveredEvent) => void };

/** Subscribes to `moved` and records the delivered events. */
const subscribe = async (module: string, { since = new Date(0), listener }: Start = {}) => {
  const delivered: DeliveredEvent[] = [];
  const onDisconnect = vi.fn();
  const onReconnect = vi.fn();
  const subscription = await reader.subscribe(
    { module, events: [moved], since, onDisconnect, onReconnect },
    (event) => {
      listener?.(event);
      delivered.push(event);
    },
  );
  subscriptions.push(subscription);
  const ids = () => new Set(delivered.map(({ aggregateId }) => aggregateId));
  return { ...subscription, delivered, ids, onDisconnect, onReconnect };
};

const createIdList = (count: number) => Array.from({ length: count }, () => createId());

/** Returns the open cursors on a journal. */
const listCursors = (module: string) =>
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

describe('a subscription', () => {
  it('receives the events in the journal, and then those that are committed', async () => {
    const { name, emit } = await createModule();
    const [first = '', second = '', third = ''] = createIdList(3);
    const ctx = createContext();
    await emit([first], { ctx });
    await emit([second]);
    const { delivered, ids } = await subscribe(name);
    expect([...ids()]).toEqual([first, second]);
    expect(delivered[0]).toEqual({
      name: moved.name,
      aggregateId: first,
      tenantId: ctx.tenantId,
      at: expect.any(Date),
      payload: { id: first },
    });
    await emit([third]);
    await vi.waitFor(() => expect([...ids()]).toEqual([first, second, third]), 15_000);
  });

  it('receives an event within a second of its commit', { retry: 3 }, async () => {
    const { name, emit } = await createModule();
    const { ids } = await subscribe(name);
    for (const id of createIdList(5)) {
      await emit([id]);
      await vi.waitFor(() => expect(ids()).toContain(id), { timeout: 1000, interval: 5 });
    }
  });

  it('receives the events of every tenant, all of a write set, and none of another name or module', async () => {
    const [first, second] = [await createModule(), await createModule()];
    const [a = '', b = '', c = '', d = '', e = ''] = createIdList(5);
    const { delivered } = await subscribe(first.name);
    const ctxs = [createContext(), createContext()];
    await second.emit([d]);
    await first.emit([e], { event: opened });
    await first.emit([a, b], ctxs[0] && { ctx: ctxs[0] });
    await first.emit([c], ctxs[1] && { ctx: ctxs[1] });
    await vi.waitFor(() => expect(delivered).toHaveLength(3), 15_000);
    expect(delivered.map(({ tenantId, aggregateId }) => [tenantId, aggregateId])).toEqual([
      [ctxs[0]?.tenantId, a],
      [ctxs[0]?.tenantId, b],
      [ctxs[1]?.tenantId, c],
    ]);
    const late = await subscribe(first.name);
    expect([...late.ids()]).toEqual([a, b, c]);
  });

  it('boundary: starts with the events of the requested moment', async () => {
    const since = new Date();
    let now = since.getTime();
    const { name, emit } = await createModule({ now: () => new Date(now) });
    const [before = '', exact = '', after = ''] = createIdList(3);
    for (const [id, offset] of [
      [before, -1],
      [exact, 0],
      [after, 1],
    ] as const) {
      now = since.getTime() + offset;
      await emit([id]);
    }
    expect((await subscribe(name, { since })).ids()).toEqual(new Set([exact, after]));
  });

  it('race: misses none of 200 events that are committed while it starts', async () => {
    const { name, emit } = await createModule();
    const ids = createIdList(200);
    let received: (() => Set<string>) | undefined;
    for (let index = 0; index < ids.length; index += 4) {
      await Promise.all(ids.slice(index, index + 4).map((id) => emit([id])));
      if (index === 40) void subscribe(name).then((subscription) => (received = subscription.ids));
    }
    await vi.waitFor(() => expect(received?.()).toEqual(new Set(ids)), 15_000);
  });

  it('reads a journal that does not exist yet', async () => {
    const name = `m${createId().slice(-12)}`;
    const { ids } = await subscribe(name);
    const { unitOfWork, events, prepare } = openModule(name);
    await prepare();
    const ctx = createContext();
    const id = createId();
    await unitOfWork.run(ctx, async () => events.emit(ctx, moved, { id }), { operation: 'emit' });
    await vi.waitFor(() => expect(ids()).toEqual(new Set([id])), 15_000);
  });

  it('does not start when it may not read the journal, and throws the reason', async () => {
    const { name } = await createModule();
    for (const command of ['aggregate', 'find']) {
      await setFailPoint({ times: 1 }, { failCommands: [command], errorCode: 13 });
      await expect(subscribe(name)).rejects.toMatchObject({
        name: 'StartupError',
        message: expect.stringMatching(
          /^The journal of '\w+' cannot be read \(Unauthorized\)\. Check that .* npm run db -- roles grants/,
        ),
      });
    }
    await vi.waitFor(async () => expect(await listCursors(name)).toEqual([]), 15_000);
  });

  it('closes its cursor and delivers no more events when it is stopped', async () => {
    const { name, emit } = await createModule();
    const { delivered, stop, onDisconnect } = await subscribe(name);
    await vi.waitFor(async () => expect(await listCursors(name)).toHaveLength(1), 15_000);
    await stop();
    await vi.waitFor(async () => expect(await listCursors(name)).toEqual([]), 15_000);
    await emit([createId()]);
    const { ids } = await subscribe(name);
    expect(ids().size).toBe(1);
    expect(delivered).toEqual([]);
    expect(onDisconnect).not.toHaveBeenCalled();
  });
});

describe('integrity: a subscription that is interrupted', () => {
  it('receives the events of the interruption after its cursor was killed', async () => {
    const { name, emit } = await createModule();
    const { ids } = await subscribe(name);
    const [before = '', after = ''] = createIdList(2);
    await emit([before]);
    await vi.waitFor(() => expect(ids()).toContain(before), 15_000);
    const [cursor] = await listCursors(name);
    await datastore.client
      .db(`${datastore.databasePrefix}${name}`)
      .command({ killCursors: 'journal', cursors: [cursor?.['cursor'].cursorId] });
    await emit([after]);
    await vi.waitFor(() => expect(ids()).toContain(after), 15_000);
  });

  it('receives the events of the interruption after its connection was lost several times', async () => {
    const { name, emit } = await createModule();
    const { ids, onDisconnect, onReconnect } = await subscribe(name);
    await setFailPoint({ times: 6 }, { failCommands: ['aggregate', 'getMore'], closeConnection: true });
    const some = createIdList(20);
    for (const id of some) {
      await emit([id]);
    }
    await vi.waitFor(() => expect(ids()).toEqual(new Set(some)), 15_000);
    expect(onDisconnect.mock.calls.length - onReconnect.mock.calls.length).toBeLessThanOrEqual(1);
  });

  it('receives the events of the interruption after the history of its stream was lost, and reports it once', async () => {
    const { name, emit } = await createModule();
    const { ids, onDisconnect, onReconnect } = await subscribe(name);
    const historyLost = { errorCode: 286, errorLabels: ['NonResumableChangeStreamError'] };
    await setFailPoint('alwaysOn', { failCommands: ['aggregate', 'getMore'], ...historyLost });
    await vi.waitFor(() => expect(onDisconnect).toHaveBeenCalled(), 15_000);
    const some = createIdList(3);
    await emit(some);
    expect(ids().size).toBe(0);
    await setFailPoint('off');
    await vi.waitFor(() => expect(ids()).toEqual(new Set(some)), 15_000);
    await vi.waitFor(() => expect(onReconnect).toHaveBeenCalledOnce(), 15_000);
    expect(onDisconnect).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 286 }));
    const [live = ''] = createIdList(1);
    await emit([live]);
    await vi.waitFor(() => expect(ids()).toContain(live), 15_000);
  });

  it('receives the events of the interruption after its journal was dropped and created again', async () => {
    const { name, emit } = await createModule();
    const { ids, onDisconnect } = await subscribe(name);
    const [before = '', after = ''] = createIdList(2);
    await emit([before]);
    await vi.waitFor(() => expect(ids()).toContain(before), 15_000);
    await datastore.client.db(`${datastore.databasePrefix}${name}`).dropCollection('journal');
    await openModule(name).prepare();
    await emit([after]);
    await vi.waitFor(() => expect(ids()).toContain(after), 15_000);
    await vi.waitFor(() => expect(onDisconnect).toHaveBeenCalledOnce(), 15_000);
  });

  it('receives the events again after its listener threw once', async () => {
    const { name, emit } = await createModule();
    const listener = vi.fn<() => void>().mockImplementationOnce(() => {
      throw new Error('not now');
    });
    const { ids } = await subscribe(name, { listener });
    const id = createId();
    await emit([id]);
    await vi.waitFor(() => expect(ids()).toEqual(new Set([id])), 15_000);
  });

  it('receives no event when it is stopped during the interruption', async () => {
    const { name, emit } = await createModule();
    const { delivered, stop, onDisconnect, onReconnect } = await subscribe(name);
    await setFailPoint('alwaysOn', { failCommands: ['aggregate', 'getMore'], errorCode: 286 });
    await vi.waitFor(() => expect(onDisconnect).toHaveBeenCalled(), 15_000);
    await stop();
    await setFailPoint('off');
    await emit([createId()]);
    expect((await subscribe(name)).ids().size).toBe(1);
    expect(delivered).toEqual([]);
    expect(onReconnect).not.toHaveBeenCalled();
  });
});
