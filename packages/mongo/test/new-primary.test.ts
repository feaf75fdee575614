import { setTimeout as sleep } from 'node:timers/promises';
import { type ReplicaSet, startReplicaSet } from '@plinth/dev-databases';
import { createContext, createIds } from '@plinth/testing';
import { type CommandStartedEvent, MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDatastore } from '../src/datastore.ts';
import { clientSettings } from '../src/settings.ts';
import { createNote, notes } from './notes.ts';

const clock = { now: () => new Date() };
const within = (ms: number, tenantId?: string) =>
  createContext({ deadline: Date.now() + ms, ...(tenantId !== undefined && { tenantId }) });

let replicaSet: ReplicaSet;
let client: MongoClient;
let lagging: MongoClient;

const openStore = () =>
  createDatastore({ client, databasePrefix: 'primary_', cursorSecrets: ['not used'] }).open(
    { name: 'notes', collections: { notes } },
    { clock, ids: createIds(clock) },
  );
let store: ReturnType<typeof openStore>;

/** Opens a connection to a follower. */
const connectFollower = async (): Promise<MongoClient> => {
  const { port: primaryPort } = await replicaSet.getPrimary();
  const { hosts } = new MongoClient(replicaSet.uri).options;
  const follower = hosts.find(({ port }) => port !== primaryPort);
  return new MongoClient(`mongodb://${String(follower)}/?directConnection=true`).connect();
};

const setFailPoint = (mode: 'alwaysOn' | 'off') =>
  lagging.db('admin').command({ configureFailPoint: 'disableSnapshotting', mode });

/** Stops the progress of the state that a node returns to majority reads, as when it has not learned what the others have. */
const stopProgress = () => setFailPoint('alwaysOn');

const continueProgress = async (): Promise<void> => {
  await setFailPoint('off');
  // The state makes progress with the next entry that a majority has.
  await lagging.db('admin').command({ appendOplogNote: 1, data: { note: 'progress' } });
};

const elect = async (node: MongoClient): Promise<void> => {
  const admin = node.db('admin');
  // An election fails while the node has not caught up.
  const stepUp = () =>
    admin.command({ replSetStepUp: 1 }).then(
      () => true,
      () => false,
    );
  await expect.poll(stepUp, { timeout: 10_000 }).toBe(true);
  await expect
    .poll(async () => (await admin.command({ hello: 1 }))['isWritablePrimary'], { timeout: 10_000 })
    .toBe(true);
};

const add = async (ctx = within(20_000)) => {
  const note = await store.unitOfWork.run(ctx, async () => store.collections.notes.for(ctx).insert(createNote()), {
    operation: 'add',
  });
  return { note, read: (ms: number) => store.collections.notes.for(within(ms, ctx.tenantId)).get(note._id) };
};

/** Collects the linearizable reads that the client sends. */
const collectConfirmations = () => {
  const confirmations: CommandStartedEvent[] = [];
  client.on('commandStarted', (event) => {
    if (event.command['readConcern']?.level === 'linearizable') confirmations.push(event);
  });
  return confirmations;
};

beforeAll(async () => {
  replicaSet = await startReplicaSet();
}, 120_000);
afterAll(() => replicaSet.close());

beforeEach(async () => {
  client = await new MongoClient(replicaSet.uri, { ...clientSettings(8), monitorCommands: true }).connect();
  lagging = await connectFollower();
  store = openStore();
  await store.prepare();
}, 60_000);

afterEach(async () => {
  await setFailPoint('off');
  await Promise.all([client.close(), lagging.close()]);
  await replicaSet.waitUntilHealthy();
}, 60_000);

describe('after the primary has changed', () => {
  it('integrity: reads wait until the new primary has what was committed before, and confirm it once', async () => {
    await (await add()).read(20_000);
    await stopProgress();
    const { note, read } = await add();
    await elect(lagging);
    const confirmations = collectConfirmations();
    let isRead = false;
    const reading = Promise.all(Array.from({ length: 20 }, () => read(20_000))).finally(() => {
      isRead = true;
    });
    await sleep(1500);
    expect(isRead).toBe(false);
    await continueProgress();
    expect(await reading).toEqual(Array(20).fill(note));
    expect(await read(20_000)).toEqual(note);
    expect(confirmations).toHaveLength(1);
  }, 60_000);

  it('boundary: a read waits until its deadline at most, and the others continue', { retry: 3 }, async () => {
    await (await add()).read(20_000);
    await stopProgress();
    const { note, read } = await add();
    await elect(lagging);
    const startedAt = performance.now();
    const list = { where: {}, sort: 'createdAt', limit: 1 } as const;
    const [urgent, other] = [store.collections.notes.for(within(700)).list(list), read(20_000)];
    await expect(urgent).rejects.toMatchObject({ code: 'upstream-timeout' });
    expect(performance.now() - startedAt).toBeLessThan(2000);
    await continueProgress();
    expect(await other).toEqual(note);
  });

  it('race: reads during the election find what was committed before', async () => {
    await stopProgress();
    const { note, read } = await add();
    const found: unknown[] = [];
    let isChanging = true;
    const readers = Array.from({ length: 10 }, async () => {
      while (isChanging) found.push(await read(20_000));
    });
    await sleep(300);
    await elect(lagging);
    await sleep(1000);
    await continueProgress();
    isChanging = false;
    await Promise.all(readers);
    expect(found.length).toBeGreaterThan(20);
    expect(found).toEqual(found.map(() => note));
  }, 60_000);
});
