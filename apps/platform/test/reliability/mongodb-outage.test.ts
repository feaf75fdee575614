import { startTestDatabase, type TestDatabase } from '@plinth/dev-databases';
import { createPrincipal, type RawRequest, type RawResponse, sendRawRequest } from '@plinth/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { isProblem } from './support/assert-response.ts';
import { createResource, creation, routes, toRequest } from './support/requests.ts';
import { type RunningPlatform, startPlatform } from './support/running-platform.ts';

const heavy = process.env['PLINTH_HEAVY'] === '1';
const waves = heavy ? 5 : 1;
const concurrency = 20;
const respondedWithinMs = 5000;
const backWithinMs = 15_000;

type Outage = {
  readonly how: string;
  readonly begin: (mongod: TestDatabase) => Promise<void>;
  readonly end: (mongod: TestDatabase) => Promise<void>;
};

const outages: readonly Outage[] = [
  { how: 'is killed', begin: (mongod) => mongod.kill(), end: (mongod) => mongod.restart() },
  { how: 'is stopped', begin: (mongod) => mongod.pause(), end: (mongod) => mongod.resume() },
];

/** A platform with its own mongod. */
type Stage = {
  readonly mongod: TestDatabase;
  readonly platform: RunningPlatform;
  readonly authorization: string;
  readonly userId: string;
};

const openStage = async (): Promise<Stage> => {
  const mongod = await startTestDatabase('mongod');
  const platform = await startPlatform({ MONGODB_URI: mongod.uri });
  const authorization = `Bearer ${await platform.createToken(createPrincipal())}`;
  return { mongod, platform, authorization, userId: await createResource(platform.port, authorization) };
};

let keys = 0;

/** Creates concurrent requests of all routes in turn; each write has its own idempotency key. */
const createWave = ({ authorization, userId }: Stage): RawRequest[] =>
  Array.from({ length: concurrency }, (_, index) => {
    const [, route] = routes[index % routes.length] as (typeof routes)[number];
    keys += 1;
    return toRequest(route, { authorization, id: userId, ...(route.method !== 'GET' && { key: `outage ${keys}` }) });
  });

const readHealth = async ({ platform }: Stage, path: string) => {
  const { status, text, ms } = await sendRawRequest(platform.port, { method: 'GET', path });
  return { status, body: JSON.parse(text) as unknown, ms };
};

type Health = Awaited<ReturnType<typeof readHealth>>;
type Observed = {
  /** The responses to requests in flight when the outage begins. */
  readonly inFlight: readonly RawResponse[];
  readonly responses: readonly RawResponse[];
  readonly live: Health;
  readonly ready: Health;
};

/** Stops MongoDB during a wave of requests, and sends further waves, each with `creations`, during the outage. */
const observeOutage = async (
  stage: Stage,
  begin: Outage['begin'],
  creations: readonly RawRequest[],
): Promise<Observed> => {
  const pending = createWave(stage).map((request) => sendRawRequest(stage.platform.port, request));
  await begin(stage.mongod);
  const responses: RawResponse[] = [];
  for (;;) {
    const sending = [...createWave(stage), ...creations].map((request) => sendRawRequest(stage.platform.port, request));
    const [live, ready] = await Promise.all([readHealth(stage, '/health/live'), readHealth(stage, '/health/ready')]);
    responses.push(...(await Promise.all(sending)));
    if (responses.length >= waves * concurrency)
      return { inFlight: await Promise.all(pending), responses, live, ready };
  }
};

const isInTime = ({ ms }: RawResponse): boolean => ms < respondedWithinMs;

const isUnavailable = (response: RawResponse): boolean =>
  response.status === 503 &&
  isProblem(response) &&
  /^\d+$/.test(response.headers['retry-after'] ?? '') &&
  isInTime(response);

const isServed = (response: RawResponse): boolean =>
  response.status >= 200 && response.status < 500 && isInTime(response);

const summarize = ({ status, ms, text }: RawResponse): string => `${status} in ${Math.round(ms)} ms: ${text}`;

// The outages run at the same time, because most of the time is waiting.
describe.concurrent.each(outages)('while MongoDB $how', ({ how, begin, end }) => {
  let stage: Stage;
  let observed: Observed;
  let creations: readonly RawRequest[];

  beforeAll(async () => {
    stage = await openStage();
    const { authorization } = stage;
    creations = [1, 2, 3].map((at) => toRequest(creation, { authorization, key: `${how} ${at}` }));
    observed = await observeOutage(stage, begin, creations);
    for (const [which, responses] of Object.entries({ inFlight: observed.inFlight, later: observed.responses })) {
      const times = responses.map(({ ms }) => Math.round(ms)).toSorted((left, right) => left - right);
      const [median, slowest] = [times[times.length >> 1], times.at(-1)];
      console.info(
        `MongoDB ${how}: of ${times.length} ${which} the slowest took ${slowest} ms, the median ${median} ms`,
      );
    }
  }, 120_000);

  afterAll(async () => {
    await stage.platform.close();
    await stage.mongod.close();
  }, 60_000);

  it('liveness stays 200', ({ expect }) => {
    expect(observed.live).toMatchObject({ status: 200, body: { status: 'live' } });
    expect(observed.live.ms).toBeLessThan(1500);
  });

  it('readiness is 503 and names it', ({ expect }) => {
    expect(observed.ready).toMatchObject({ status: 503, body: { status: 'unavailable', missing: ['mongodb'] } });
    expect(observed.ready.ms).toBeLessThan(respondedWithinMs);
  });

  it('every request gets a 503 problem with Retry-After in time', ({ expect }) => {
    expect(observed.responses.filter((response) => !isUnavailable(response)).map(summarize)).toEqual([]);
  });

  it('requests in flight get a regular response or that 503 in time', ({ expect }) => {
    const { inFlight } = observed;
    expect(inFlight.filter((response) => !isUnavailable(response) && !isServed(response)).map(summarize)).toEqual([]);
  });

  it('integrity: recovers without a restart, and a repeated request with its key takes effect once', async ({
    expect,
  }) => {
    const { mongod, platform } = stage;
    await end(mongod);
    const isReady = async () => (await readHealth(stage, '/health/ready')).body;
    await expect.poll(isReady, { timeout: backWithinMs }).toEqual({ status: 'ready' });
    const sendAll = (requests: readonly RawRequest[]) =>
      Promise.all(requests.map((request) => sendRawRequest(platform.port, request)));
    expect((await sendAll(createWave(stage))).filter(({ status }) => status >= 500).map(summarize)).toEqual([]);
    // Concurrent first owners of a tenant conflict, so they are created one after the other.
    const first: RawResponse[] = [];
    for (const request of creations) first.push(await sendRawRequest(platform.port, request));
    const second = await sendAll(creations);
    expect([...first, ...second].filter(({ status }) => status !== 201).map(summarize)).toEqual([]);
    expect(second.map(({ text }) => text)).toEqual(first.map(({ text }) => text));
    const emails = (await platform.stored()).map(([, { email }]) => String(email));
    const wanted = creations.map(({ body }) => (JSON.parse(String(body)) as { email: string }).email);
    expect(emails.filter((email) => wanted.includes(email)).toSorted()).toEqual(wanted.toSorted());
    expect(platform.isRunning()).toBe(true);
  }, 60_000);
});
