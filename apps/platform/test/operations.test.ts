import { systemClock, systemIds } from '@plinth/service-kit';
import type { Caller } from '@plinth/service-kit/testing';
import { createId, createPrincipal } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modules } from '../src/modules.ts';
import { openPlatform } from './host.ts';
import { consumer, createMessage } from './jobs-command.ts';

let platform: Awaited<ReturnType<typeof openPlatform>>;
beforeAll(async () => {
  platform = await openPlatform();
});
afterAll(async () => {
  expect(await platform.host.faults()).toEqual([]);
  await platform.host.close();
});

const jobsPath = '/v1/operations/jobs';
const deadPath = `${jobsPath}/orders/dead-messages`;

const openOrders = () => {
  const orders = modules.find(({ name }) => name === 'orders');
  if (!orders) throw new Error('There is no module orders.');
  return platform.datastore.open(orders, { clock: systemClock, ids: systemIds });
};

/** Creates a tenant with its owner, who sends requests. */
const createTenant = async () => {
  const principal = createPrincipal({ roles: ['owner'] });
  const { tenantId } = principal;
  const caller: Caller = await platform.host.as(principal);
  const { inbox } = openOrders();
  const addDead = async (message = 'TypeError: The order of Ada has no customer.') => {
    const created = createMessage({ tenantId });
    await inbox.receive([created]);
    await inbox.recordFailure(created._id, { at: new Date(), message, attemptsMax: 1 });
    return { storedId: created._id, path: `${deadPath}/${consumer}.${created.event.id}`, event: created.event };
  };
  const change = (path: string, key = createId()) => caller.post(path, undefined, { 'idempotency-key': key });
  /** Returns the journal rows with changes: a refusal with a key has one without. */
  const listRows = async () =>
    (await platform.datastore.raw('orders', 'journal').all()).filter(
      ({ tenantId: owner, changes }) => owner === tenantId && (changes as unknown[]).length > 0,
    );
  return { tenantId, caller, inbox, addDead, change, listRows };
};

describe('/v1/operations/jobs', () => {
  it('lists the jobs of all modules with the messages of the organization, and which are paused', async () => {
    const { caller, inbox, tenantId, addDead } = await createTenant();
    const other = await createTenant();
    await addDead();
    await inbox.receive([createMessage({ tenantId })]);
    const { pauses } = openOrders();
    await pauses.pause(consumer);
    const [mine, theirs] = [await caller.get(jobsPath), await other.caller.get(jobsPath)];
    await pauses.resume(consumer);
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    const job = { module: 'orders', name: consumer, ready: 1, dead: 1, oldestReadyAt: time, pausedAt: time };
    expect(mine.body.items).toContainEqual(job);
    expect(theirs.body.items).toContainEqual({ module: 'orders', name: consumer, ready: 0, dead: 0, pausedAt: time });
    expect(mine.body.items).toContainEqual({ module: 'orders', name: 'erase-ended-orders', ready: 0, dead: 0 });
  });

  it('shows a dead message without its payload and the text of an internal error', async () => {
    const { caller, addDead } = await createTenant();
    const { path, event } = await addDead();
    const { path: declared } = await addDead('ApiError: The stock is too low: order less.');
    const { path: nameless } = await addDead('mongodb://root:secret@db is unreachable');
    const { status, body, text } = await caller.get(path);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        id: `${consumer}.${event.id}`,
        module: 'orders',
        name: consumer,
        event: 'users.user-erased',
        aggregateId: event.aggregateId,
        actor: event.actor,
        requestId: 'a-request',
        attempts: 1,
        failures: [{ text: 'TypeError' }],
      },
    });
    expect(text).not.toMatch(/payload|steps|Ada/);
    expect((await caller.get(declared)).body.failures).toMatchObject([{ text: 'The stock is too low: order less.' }]);
    expect((await caller.get(nameless)).body.failures).toMatchObject([{ text: 'Error' }]);
  });

  it('boundary: lists dead messages page by page, newest first, and those of one job', async () => {
    const { caller, addDead } = await createTenant();
    const paths: string[] = [];
    for (let count = 0; count < 3; count += 1) paths.unshift((await addDead()).path);
    const toPaths = (items: readonly { id: string }[]) => items.map(({ id }) => `${deadPath}/${id}`);
    const first = await caller.get(`${deadPath}?limit=2`);
    const { nextCursor } = first.body;
    const second = await caller.get(`${deadPath}?limit=2&cursor=${nextCursor}`);
    expect([...toPaths(first.body.items), ...toPaths(second.body.items)]).toEqual(paths);
    expect(second.body.nextCursor).toBeNull();
    expect((await caller.get(`${deadPath}?name=${consumer}`)).body.items).toHaveLength(3);
    expect((await caller.get(`${deadPath}?name=erase-ended-orders`)).body.items).toEqual([]);
    expect((await caller.get(`${deadPath}?name=${consumer}&cursor=${nextCursor}`)).body.code).toBe('invalid-cursor');
    const other = await createTenant();
    expect((await other.caller.get(`${deadPath}?limit=2&cursor=${nextCursor}`)).body.code).toBe('invalid-cursor');
  });

  it.each([
    ['retry', 'ready'],
    ['drop', 'done'],
  ])('race: of ten requests that %s a message one succeeds, with one journal row', async (change, state) => {
    const { addDead, change: send, inbox, listRows } = await createTenant();
    const { path, storedId } = await addDead();
    const responses = await Promise.all(Array.from({ length: 10 }, () => send(`${path}/${change}`)));
    expect(responses.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
      204,
      ...Array(9).fill(409),
    ]);
    expect(responses.find(({ status }) => status === 409)?.body.code).toBe('message-not-dead');
    expect(await inbox.get(storedId)).toMatchObject({ state });
    expect(await listRows()).toMatchObject([
      { operation: `${change}DeadMessage`, changes: [{ collection: 'inbox', id: storedId, after: { state } }] },
    ]);
  });

  it('race: a repeated request gets the first response again, also after the message has died again', async () => {
    const { addDead, change, inbox } = await createTenant();
    const { path, storedId } = await addDead();
    const key = createId();
    const first = await change(`${path}/retry`, key);
    await inbox.recordFailure(storedId, { at: new Date(), message: 'Error', attemptsMax: 1 });
    const second = await change(`${path}/retry`, key);
    expect([first.status, second.status, second.headers['idempotency-replayed']]).toEqual([204, 204, 'true']);
    expect(await inbox.get(storedId)).toMatchObject({ state: 'dead' });
  });

  it('integrity: hides the messages of another organization, and changes none', async () => {
    const owner = await createTenant();
    const outsider = await createTenant();
    const { path, storedId } = await owner.addDead();
    expect((await outsider.caller.get(path)).body.code).toBe('not-found');
    expect((await outsider.caller.get(deadPath)).body.items).toEqual([]);
    for (const change of ['retry', 'drop']) expect((await outsider.change(`${path}/${change}`)).status).toBe(404);
    expect(await owner.inbox.get(storedId)).toMatchObject({ state: 'dead' });
    expect(await outsider.listRows()).toEqual([]);
  });

  it('finds a job with a key, whose stored id contains the organization', async () => {
    const { caller, inbox, tenantId, change } = await createTenant();
    const _id = `${consumer}/${tenantId}/a.B_1~-`;
    await inbox.receive([createMessage({ _id, tenantId })]);
    await inbox.recordFailure(_id, { at: new Date(), message: 'Error', attemptsMax: 1 });
    const path = `${deadPath}/${consumer}.a.B_1~-`;
    expect((await caller.get(path)).body.id).toBe(`${consumer}.a.B_1~-`);
    expect((await change(`${path}/drop`)).status).toBe(204);
    expect(await inbox.get(_id)).toMatchObject({ state: 'done' });
  });

  it('refuses an unknown module and message, a broken id, and a change without a key', async () => {
    const { caller, addDead, change } = await createTenant();
    const { path } = await addDead();
    const unknown = `${deadPath}/${consumer}.${createId()}`;
    const elsewhere = path.replace('/orders/', '/lamps/');
    const get = async (url: string) => (await caller.get(url)).body.code;
    expect([await get(unknown), await get(elsewhere), await get(`${jobsPath}/users/dead-messages`)]).toEqual(
      Array(3).fill('not-found'),
    );
    expect((await change(`${unknown}/retry`)).body.code).toBe('not-found');
    expect((await change(`${elsewhere}/drop`)).body.code).toBe('not-found');
    for (const id of ['x', `${consumer}/x`, 'X.1', '%24ne', `${consumer}.${'a'.repeat(400)}`]) {
      expect((await caller.get(`${deadPath}/${id}`)).status, id).toBeGreaterThanOrEqual(400);
    }
    expect((await caller.get(`${deadPath}/x`)).body).toMatchObject({
      code: 'invalid-request',
      errors: [{ pointer: '/id' }],
    });
    expect((await caller.post(`${path}/retry`, undefined)).body.code).toBe('invalid-request');
    expect((await change(`${path}/retry`)).status).toBe(204);
    expect([await get(path), (await change(`${path}/drop`)).body.code]).toEqual(['not-found', 'message-not-dead']);
  });
});
