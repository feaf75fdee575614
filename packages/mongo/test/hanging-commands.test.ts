import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineEvents, Id } from '@plinth/contract-kit';
import { createContext, createId, createIds } from '@plinth/testing';
import { MongoClient } from 'mongodb';
import { describe, expect, it, vi } from 'vitest';
import { createDatastore } from '../src/datastore.ts';
import { clientSettings } from '../src/settings.ts';
import { createNote, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

const { boxMoved: moved } = defineEvents('boxes', { aggregate: { id: Id }, events: { boxMoved: {} } });
const clock = { now: () => new Date() };
const datastore = useDatastore();
const poolSize = 4;

type Pool = { clear(options: { interruptInUseConnections: boolean }): void };
type WithPools = {
  readonly topology: { readonly s: { readonly servers: ReadonlyMap<string, { readonly pool: Pool }> } };
};

/** Opens a client, on the databases of the test. */
const connect = async (onTestFinished: (work: () => Promise<void>) => void) => {
  const client = new MongoClient(String(process.env['MONGODB_URI']), {
    ...clientSettings(poolSize),
    monitorCommands: true,
  });
  await client.connect();
  const { databasePrefix } = datastore.current;
  const opened = createDatastore({ client, databasePrefix, cursorSecrets: ['not used'] });
  onTestFinished(() => opened.close());
  /** Closes the connections as a late heartbeat does. */
  const closeConnections = () => {
    const { topology } = client as unknown as WithPools;
    for (const { pool } of topology.s.servers.values()) pool.clear({ interruptInUseConnections: true });
  };
  /** Makes the driver write the next command of this name to a connection that is being closed. */
  const closeAtNext = (name: string, close = closeConnections) => {
    let isOver = false;
    client.on('commandStarted', ({ commandName }) => {
      if (commandName !== name || isOver) return;
      isOver = true;
      close();
    });
    return () => isOver;
  };
  return { client, opened, closeConnections, closeAtNext };
};

describe.concurrent('a command that is written to a connection which is being closed', () => {
  it('integrity: fails, and its connection is replaced', async ({ expect, onTestFinished }) => {
    const { client, opened, closeAtNext } = await connect(onTestFinished);
    const db = client.db('admin');
    for (let round = 0; round < 2 * poolSize; round += 1) {
      closeAtNext('ping');
      const ready = once(client, 'connectionPoolReady');
      await expect(db.command({ ping: 1 })).rejects.toMatchObject({ name: 'PoolClearedOnNetworkError' });
      await ready;
    }
    await expect(db.command({ ping: 1 })).resolves.toMatchObject({ ok: 1 });
    await expect.poll(() => opened.stats?.().pool).toMatchObject({ checkedOut: 0, waiting: 0 });
  });

  it('boundary: fails even when it is larger than the buffers of the connection', async ({
    expect,
    onTestFinished,
  }) => {
    const { client, opened, closeConnections, closeAtNext } = await connect(onTestFinished);
    const large = { ping: 1, comment: 'x'.repeat(15_000_000) };
    closeAtNext('ping', () => void setImmediate(closeConnections));
    await expect(client.db('admin').command(large)).rejects.toMatchObject({ name: 'PoolClearedOnNetworkError' });
    await expect.poll(() => opened.stats?.().pool).toMatchObject({ checkedOut: 0 });
  });

  it.for(['ping', 'getMore', 'aggregate'])(
    'integrity: does not end a subscription: %s',
    { timeout: 60_000 },
    async (name, { expect, onTestFinished }) => {
      const [writer, reader] = [await connect(onTestFinished), await connect(onTestFinished)];
      const module = `hanging${name}`;
      const { prepare, events, unitOfWork } = writer.opened.open(
        { name: module, collections: {} },
        { clock, ids: createIds(clock) },
      );
      await prepare();
      const ids = new Set<string>();
      const [onDisconnect, onReconnect] = [vi.fn(), vi.fn()];
      const options = { module, events: [moved], since: new Date(), onDisconnect, onReconnect };
      const subscription = await reader.opened.subscribe(options, ({ aggregateId }) => void ids.add(aggregateId));
      const isClosed = reader.closeAtNext(name);
      // A stream is opened again.
      if (name === 'aggregate') reader.closeConnections();
      await vi.waitFor(() => expect(isClosed()).toBe(true), 15_000);
      const id = createId();
      const ctx = createContext();
      await unitOfWork.run(ctx, async () => events.emit(ctx, moved, { id }), { operation: 'emit' });
      await vi.waitFor(() => expect(ids).toContain(id), 15_000);
      await vi.waitFor(() => expect(onReconnect).toHaveBeenCalledOnce(), 15_000);
      expect(onDisconnect).toHaveBeenCalledOnce();
      await vi.waitFor(() => expect(subscription.ageMs()).toBeLessThan(3500), 15_000);
      await subscription.stop();
    },
  );

  it('boundary: does not delay the stop of a subscription', { retry: 3 }, async ({ expect, onTestFinished }) => {
    const { opened, closeConnections, closeAtNext } = await connect(onTestFinished);
    const module = 'hangingstop';
    await opened.open({ name: module, collections: {} }, { clock, ids: createIds(clock) }).prepare();
    const callbacks = { onDisconnect: () => undefined, onReconnect: () => undefined };
    const subscription = await opened.subscribe(
      { module, events: [moved], since: new Date(), ...callbacks },
      () => undefined,
    );
    const isClosed = closeAtNext('aggregate');
    closeConnections();
    await vi.waitFor(() => expect(isClosed()).toBe(true), 15_000);
    const since = performance.now();
    await subscription.stop();
    expect(performance.now() - since).toBeLessThan(3000);
  });

  it('integrity: does not block a tenant with a limit of rows', async ({ expect, onTestFinished }) => {
    const { opened, closeAtNext } = await connect(onTestFinished);
    const options = { clock, ids: createIds(clock), findRowsMax: () => 10 };
    const { prepare, collections, unitOfWork } = opened.open({ name: 'hangingcount', collections: { notes } }, options);
    await prepare();
    const tenantId = createId();
    const insert = (ms: number) => {
      const ctx = createContext({ tenantId, deadline: Date.now() + ms });
      return unitOfWork.run(ctx, async () => collections.notes.for(ctx).insert(createNote()), { operation: 'insert' });
    };
    closeAtNext('count');
    await expect(insert(5000)).rejects.toMatchObject({ code: 'unavailable' });
    await vi.waitFor(async () => expect(await insert(5000)).toMatchObject({ tenantId }), 15_000);
  });
});

describe.concurrent('a read whose deadline has passed', () => {
  it('integrity: leaves no rejection unhandled, which would end the process, while no primary responds', async ({
    expect,
    onTestFinished,
  }) => {
    const client = new MongoClient('mongodb://127.0.0.1:1/?directConnection=true', clientSettings(2));
    const opened = createDatastore({ client, databasePrefix: 'late_', cursorSecrets: ['not used'] });
    onTestFinished(() => opened.close());
    const onUnhandled = vi.fn();
    process.on('unhandledRejection', onUnhandled);
    onTestFinished(() => void process.off('unhandledRejection', onUnhandled));
    const { collections } = opened.open({ name: 'late', collections: { notes } }, { clock, ids: createIds(clock) });
    const late = collections.notes.for(createContext({ deadline: Date.now() - 1 }));
    const list = late.list({ where: {}, sort: 'createdAt', limit: 1 });
    await expect(list).rejects.toMatchObject({ code: 'upstream-timeout' });
    // Longer than a search for a primary.
    await sleep(4000);
    expect(onUnhandled).not.toHaveBeenCalled();
  });
});

describe('a count that several write sets share', () => {
  it('boundary: is not limited by the deadline of the first one', async ({ onTestFinished }) => {
    const { opened } = await connect(onTestFinished);
    const options = { clock, ids: createIds(clock), findRowsMax: () => 10 };
    const { prepare, collections, unitOfWork } = opened.open({ name: 'sharedcount', collections: { notes } }, options);
    await prepare();
    const admin = datastore.current.client.db('admin');
    const data = { failCommands: ['count'], blockConnection: true, blockTimeMS: 600 };
    await admin.command({ configureFailPoint: 'failCommand', mode: { times: 1 }, data });
    const tenantId = createId();
    const insert = (ms: number) => {
      const ctx = createContext({ tenantId, deadline: Date.now() + ms });
      return unitOfWork.run(ctx, async () => collections.notes.for(ctx).insert(createNote()), { operation: 'insert' });
    };
    const [urgent, other] = [insert(300), insert(10_000)];
    await expect(urgent).rejects.toMatchObject({ code: 'upstream-timeout' });
    await expect(other).resolves.toMatchObject({ tenantId });
  });
});
