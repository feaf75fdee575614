import { startTestDatabase, type TestDatabase } from '@plinth/dev-databases';
import { createId, createPrincipal, type RawRequest, type RawResponse, sendRawRequest } from '@plinth/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { isProblem } from './support/assert-response.ts';
import { routes as allRoutes, createResource, creationRoute, toRequest } from './support/requests.ts';
import { type RunningPlatform, startPlatform } from './support/running-platform.ts';

const heavy = process.env['PLINTH_HEAVY'] === '1';
const waves = heavy ? 5 : 1;
const concurrency = 20;
/** At the small size, which runs while other tests run, the slowest response measures the load of the machine. */
const respondedWithinMs = heavy ? 5000 : 15_000;
const liveWithinMs = heavy ? 1500 : 15_000;
const recoveredWithinMs = heavy ? 15_000 : 60_000;

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
type Fixture = {
  readonly mongod: TestDatabase;
  readonly platform: RunningPlatform;
  readonly authorization: string;
  readonly userId: string;
};

const openFixture = async (): Promise<Fixture> => {
  const mongod = await startTestDatabase('mongod');
  const platform = await startPlatform({ MONGODB_URI: mongod.uri });
  const authorization = `Bearer ${await platform.createToken(createPrincipal({ identityId: createId() }))}`;
  return { mongod, platform, authorization, userId: await createResource(platform.port, authorization) };
};

let keys = 0;

/** Those that respond without the database: to a token of a link that is not genuine, and with what the code declares. */
const withoutDatabase = ['verifyEmail', 'listPermissions'];
const routes = allRoutes.filter(([operation]) => !withoutDatabase.includes(operation));

/** Creates concurrent requests of all routes in turn; each write has its own idempotency key. */
const createWave = ({ authorization, userId }: Fixture): RawRequest[] =>
  Array.from({ length: concurrency }, (_, index) => {
    const [, route] = routes[index % routes.length] as (typeof routes)[number];
    keys += 1;
    return toRequest(route, { authorization, id: userId, ...(route.method !== 'GET' && { key: `outage ${keys}` }) });
  });

const readHealth = async ({ platform }: Fixture, path: string) => {
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
  fixture: Fixture,
  begin: Outage['begin'],
  creations: readonly RawRequest[],
): Promise<Observed> => {
  const pending = createWave(fixture).map((request) => sendRawRequest(fixture.platform.port, request));
  await begin(fixture.mongod);
  const responses: RawResponse[] = [];
  for (;;) {
    const sending = [...createWave(fixture), ...creations].map((request) =>
      sendRawRequest(fixture.platform.port, request),
    );
    const live = await readHealth(fixture, '/health/live');
    responses.push(...(await Promise.all(sending)));
    // Later than the second for which the result of a check is kept.
    const ready = await readHealth(fixture, '/health/ready');
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

/** True for a commit that was sent before the outage. It has no `Retry-After`, because it may have taken effect. */
const isUnknown = (response: RawResponse): boolean =>
  response.status === 503 &&
  isProblem(response) &&
  response.text.includes('"outcome-unknown"') &&
  response.headers['retry-after'] === undefined &&
  isInTime(response);

const isRegular = (response: RawResponse): boolean =>
  response.status >= 200 && response.status < 500 && isInTime(response);

const summarize = ({ status, ms, text }: RawResponse): string => `${status} in ${Math.round(ms)} ms: ${text}`;

// The outages run at the same time, because most of the time is waiting.
describe.concurrent.each(outages)('while MongoDB $how', ({ how, begin, end }) => {
  let fixture: Fixture;
  let observed: Observed;
  let creations: readonly RawRequest[];

  beforeAll(async () => {
    fixture = await openFixture();
    const { authorization } = fixture;
    creations = [1, 2, 3].map((number) => toRequest(creationRoute, { authorization, key: `${how} ${number}` }));
    observed = await observeOutage(fixture, begin, creations);
    for (const [phase, responses] of Object.entries({
      inFlight: observed.inFlight,
      duringOutage: observed.responses,
    })) {
      const times = responses.map(({ ms }) => Math.round(ms)).toSorted((left, right) => left - right);
      const [median, slowest] = [times[times.length >> 1], times.at(-1)];
      console.info(
        `MongoDB ${how}: of ${times.length} ${phase} the slowest took ${slowest} ms, the median ${median} ms`,
      );
    }
  });

  afterAll(async () => {
    await fixture.platform.close();
    await fixture.mongod.close();
  });

  it('liveness stays 200', ({ expect }) => {
    expect(observed.live).toMatchObject({ status: 200, body: { status: 'live' } });
    expect(observed.live.ms).toBeLessThan(liveWithinMs);
  });

  it('readiness is 503 and lists mongodb as missing', ({ expect }) => {
    expect(observed.ready).toMatchObject({ status: 503, body: { status: 'unavailable', missing: ['mongodb'] } });
    expect(observed.ready.ms).toBeLessThan(respondedWithinMs);
  });

  it('each request gets a 503 problem with Retry-After in time', ({ expect }) => {
    expect(observed.responses.filter((response) => !isUnavailable(response)).map(summarize)).toEqual([]);
  });

  it('requests in flight get a regular response or a 503 problem in time', ({ expect }) => {
    const { inFlight } = observed;
    const isExpected = (response: RawResponse) => isUnavailable(response) || isUnknown(response) || isRegular(response);
    expect(inFlight.filter((response) => !isExpected(response)).map(summarize)).toEqual([]);
  });

  it('integrity: recovers without a restart, and a repeated request with its key takes effect once', async ({
    expect,
  }) => {
    const { mongod, platform } = fixture;
    await end(mongod);
    const isReady = async () => (await readHealth(fixture, '/health/ready')).body;
    await expect.poll(isReady, { timeout: recoveredWithinMs }).toEqual({ status: 'ready' });
    const sendAll = (requests: readonly RawRequest[]) =>
      Promise.all(requests.map((request) => sendRawRequest(platform.port, request)));
    expect((await sendAll(createWave(fixture))).filter(({ status }) => status >= 500).map(summarize)).toEqual([]);
    // Concurrent first owners of a tenant conflict, so they are created one after the other.
    const first: RawResponse[] = [];
    for (const request of creations) first.push(await sendRawRequest(platform.port, request));
    const second = await sendAll(creations);
    expect([...first, ...second].filter(({ status }) => status !== 201).map(summarize)).toEqual([]);
    expect(second.map(({ text }) => text)).toEqual(first.map(({ text }) => text));
    const emails = (await platform.stored()).map(([, { email }]) => String(email));
    const expectedEmails = creations.map(({ body }) => (JSON.parse(String(body)) as { email: string }).email);
    expect(emails.filter((email) => expectedEmails.includes(email)).toSorted()).toEqual(expectedEmails.toSorted());
    expect(platform.isRunning()).toBe(true);
  });
});
