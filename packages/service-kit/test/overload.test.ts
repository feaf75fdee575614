import { request } from 'node:http';
import type { Datastore } from '@plinth/data-kit';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fakeDatastore } from './fake-datastore.ts';
import { useListeningHost } from './listening-host.ts';
import { latch } from './things.ts';

const inFlightMax = 4;
/** The number of requests of one user that are processed or may wait: half of all. */
const capacity = (17 * inFlightMax) / 2;

/** Commits of `slowHost` end when it resolves. */
const commits = Promise.withResolvers<void>();

const slowDatastore = (): Datastore => {
  const datastore = fakeDatastore();
  return {
    ...datastore,
    open: (module, options) => {
      const store = datastore.open(module, options);
      const run: typeof store.unitOfWork.run = async (ctx, work, metadata) => {
        const result = await store.unitOfWork.run(ctx, work, metadata);
        await commits.promise;
        return result;
      };
      return { ...store, unitOfWork: { run } };
    },
  };
};

const host = useListeningHost({ inFlightMax });
const slowHost = useListeningHost({ datastore: slowDatastore() });

let unblock = () => {};
/** Blocks the action of `wait` until `unblock` is called. */
const block = () => {
  latch.opened = new Promise((resolve) => {
    unblock = resolve;
  });
};
afterEach(() => unblock());

const options = () => ({ method: 'POST', headers: { authorization: host.authorization } });
const wait = () => fetch(`${host.url}/v1/failures/wait`, options());
const waitMany = () => Array.from({ length: capacity }, wait);
/** A quick request of the user whose other requests wait. */
const read = () => fetch(`${host.url}/v1/long`, { headers: { authorization: host.authorization } });
const getReadStatus = async () => (await read()).status;
const getStatuses = async (responses: readonly Promise<Response>[]) =>
  (await Promise.all(responses)).map(({ status }) => status);

describe('more requests of a user than a host can process', () => {
  it('wait, and all are served', async () => {
    block();
    const responses = waitMany();
    setTimeout(unblock, 200);
    expect(await getStatuses(responses)).toEqual(Array(capacity).fill(200));
  });

  it('boundary: are rejected when too many wait, while health checks and the reference are served', async () => {
    block();
    const responses = waitMany();
    await expect.poll(getReadStatus).toBe(503);
    const rejected = await read();
    expect(rejected.headers.get('retry-after')).toBe('2');
    expect(await rejected.json()).toMatchObject({ code: 'unavailable', detail: 'The server is overloaded.' });
    const paths = ['/health', '/health/ready', '/openapi.json'];
    expect(await getStatuses(paths.map((path) => fetch(`${host.url}${path}`)))).toEqual([200, 200, 200]);
    expect((await fetch(`${host.url}/v1/ping`)).status, 'of another client').toBe(200);
    unblock();
    expect(await getStatuses(responses)).toEqual(Array(capacity).fill(200));
    expect(await getReadStatus()).toBe(200);
  });

  it('boundary: are rejected after three seconds in the queue', async () => {
    block();
    const processed = [wait(), wait()];
    const startedAt = performance.now();
    await expect.poll(getReadStatus, { interval: 1 }).toBe(503);
    expect(performance.now() - startedAt).toBeGreaterThan(2900);
    unblock();
    await Promise.all(processed);
  });

  it('race: free their slots when their clients disconnect', async () => {
    block();
    const { port } = host;
    const requests = Array.from({ length: capacity }, () => {
      const sent = request({ port, host: '127.0.0.1', path: '/v1/failures/wait', ...options() });
      sent.on('error', () => undefined).end();
      return sent;
    });
    await expect.poll(getReadStatus).toBe(503);
    for (const sent of requests) sent.destroy();
    await expect.poll(getReadStatus).toBe(200);
  });
});

describe('a request that takes too long', () => {
  let committing: Promise<Response>;
  // Its eight seconds pass at the same time as those of the first test.
  beforeAll(() => {
    committing = fetch(`${slowHost.url}/v1/things`, {
      method: 'POST',
      headers: { authorization: slowHost.authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'slow', grams: 1 }),
    });
  });

  it('boundary: gets 503 after eight seconds, its context is aborted, and the host serves the next one', async () => {
    block();
    const startedAt = performance.now();
    const [response, late] = await Promise.all([wait(), fetch(`${host.url}/v1/failures/late`, options())]);
    expect([response.status, late.status]).toEqual([503, 503]);
    expect(await response.json()).toMatchObject({ code: 'unavailable' });
    const ms = performance.now() - startedAt;
    expect(ms).toBeGreaterThan(7900);
    expect(ms).toBeLessThan(15_000);
    expect(latch.signal?.aborted).toBe(true);
    unblock();
    // The late result of the action is neither sent nor committed, so its name is still free.
    expect(await getReadStatus()).toBe(200);
    const caller = await host.current.as(host.subject);
    expect((await caller.post('/v1/things', { name: 'late', grams: 1 })).status).toBe(201);
  });

  it('integrity: gets outcome-unknown without Retry-After when its commit has begun', async () => {
    const response = await committing;
    commits.resolve();
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, null]);
    expect(await response.json()).toMatchObject({
      code: 'outcome-unknown',
      detail: 'The change may have happened: read it, or repeat the call with the same Idempotency-Key.',
    });
  });

  it('is aborted when its client disconnects', async () => {
    block();
    const sent = request({ port: host.port, host: '127.0.0.1', path: '/v1/failures/wait', ...options() });
    sent.on('error', () => undefined).end();
    await expect.poll(() => latch.signal?.aborted).toBe(false);
    sent.destroy();
    await expect.poll(() => latch.signal?.aborted).toBe(true);
  });
});
