import { startTestDatabase, type TestDatabase } from '@plinth/dev-databases';
import { aPrincipal, type RawRequest, type RawResponse, sendRawRequest } from '@plinth/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { isProblem } from './support/assert-response.ts';
import { createResource, creation, routes, toRequest } from './support/requests.ts';
import { type RunningPlatform, startPlatform } from './support/running-platform.ts';

const heavy = process.env['PLINTH_HEAVY'] === '1';
const waves = heavy ? 5 : 1;
const atOnce = 20;
const answeredWithinMs = 5000;
const backWithinMs = 15_000;

type Absence = {
  readonly how: string;
  readonly begin: (mongod: TestDatabase) => Promise<void>;
  readonly end: (mongod: TestDatabase) => Promise<void>;
};

const absences: readonly Absence[] = [
  { how: 'is gone', begin: (mongod) => mongod.kill(), end: (mongod) => mongod.restart() },
  { how: 'stands still', begin: (mongod) => mongod.pause(), end: (mongod) => mongod.resume() },
];

/** A platform with a mongod of its own. */
type Stage = {
  readonly mongod: TestDatabase;
  readonly platform: RunningPlatform;
  readonly authorization: string;
  readonly person: string;
};

const openStage = async (): Promise<Stage> => {
  const mongod = await startTestDatabase('mongod');
  const platform = await startPlatform({ MONGODB_URI: mongod.uri });
  const authorization = `Bearer ${await platform.createToken(aPrincipal())}`;
  return { mongod, platform, authorization, person: await createResource(platform.port, authorization) };
};

let keys = 0;

/** As many requests as there are at once, of all routes in turn, those that write each with a key. */
const aWave = ({ authorization, person }: Stage): RawRequest[] =>
  Array.from({ length: atOnce }, (_, at) => {
    const [, route] = routes[at % routes.length] as (typeof routes)[number];
    keys += 1;
    return toRequest(route, { authorization, id: person, ...(route.method !== 'GET' && { key: `away ${keys}` }) });
  });

const health = async ({ platform }: Stage, path: string) => {
  const { status, text, ms } = await sendRawRequest(platform.port, { method: 'GET', path });
  return { status, body: JSON.parse(text) as unknown, ms };
};

type Health = Awaited<ReturnType<typeof health>>;
type Suffered = {
  /** Answers to what was under way when it went away. */
  readonly caught: readonly RawResponse[];
  readonly responses: readonly RawResponse[];
  readonly live: Health;
  readonly ready: Health;
};

/** Takes MongoDB away from a wave of requests, and sends further ones, and `creations` with each, while it is away. */
const suffer = async (stage: Stage, begin: Absence['begin'], creations: readonly RawRequest[]): Promise<Suffered> => {
  const catching = aWave(stage).map((request) => sendRawRequest(stage.platform.port, request));
  await begin(stage.mongod);
  const responses: RawResponse[] = [];
  for (;;) {
    const answering = [...aWave(stage), ...creations].map((request) => sendRawRequest(stage.platform.port, request));
    const [live, ready] = await Promise.all([health(stage, '/health/live'), health(stage, '/health/ready')]);
    responses.push(...(await Promise.all(answering)));
    if (responses.length >= waves * atOnce) return { caught: await Promise.all(catching), responses, live, ready };
  }
};

const isInTime = ({ ms }: RawResponse): boolean => ms < answeredWithinMs;

const isUnavailable = (response: RawResponse): boolean =>
  response.status === 503 &&
  isProblem(response) &&
  /^\d+$/.test(response.headers['retry-after'] ?? '') &&
  isInTime(response);

const isServed = (response: RawResponse): boolean =>
  response.status >= 200 && response.status < 500 && isInTime(response);

const inShort = ({ status, ms, text }: RawResponse): string => `${status} in ${Math.round(ms)} ms: ${text}`;

// They are away at the same time, because nearly all of it is waiting.
describe.concurrent.each(absences)('MongoDB away: it $how', ({ how, begin, end }) => {
  let stage: Stage;
  let suffered: Suffered;
  let creations: readonly RawRequest[];

  beforeAll(async () => {
    stage = await openStage();
    const { authorization } = stage;
    creations = [1, 2, 3].map((at) => toRequest(creation, { authorization, key: `${how} ${at}` }));
    suffered = await suffer(stage, begin, creations);
    for (const [which, responses] of Object.entries({ caught: suffered.caught, later: suffered.responses })) {
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

  it('live 200', ({ expect }) => {
    expect(suffered.live).toMatchObject({ status: 200, body: { status: 'live' } });
    expect(suffered.live.ms).toBeLessThan(1500);
  });

  it('ready 503 naming it', ({ expect }) => {
    expect(suffered.ready).toMatchObject({ status: 503, body: { status: 'unavailable', missing: ['mongodb'] } });
    expect(suffered.ready.ms).toBeLessThan(answeredWithinMs);
  });

  it('every request is answered in time with a 503 problem and Retry-After', ({ expect }) => {
    expect(suffered.responses.filter((response) => !isUnavailable(response)).map(inShort)).toEqual([]);
  });

  it('what was under way is answered in time as well, as if nothing were or so', ({ expect }) => {
    const { caught } = suffered;
    expect(caught.filter((response) => !isUnavailable(response) && !isServed(response)).map(inShort)).toEqual([]);
  });

  it('back without a restart, and what was refused happens once when it is sent again with its key', async ({
    expect,
  }) => {
    const { mongod, platform } = stage;
    await end(mongod);
    const isReady = async () => (await health(stage, '/health/ready')).body;
    await expect.poll(isReady, { timeout: backWithinMs }).toEqual({ status: 'ready' });
    const sendAll = (requests: readonly RawRequest[]) =>
      Promise.all(requests.map((request) => sendRawRequest(platform.port, request)));
    expect((await sendAll(aWave(stage))).filter(({ status }) => status >= 500).map(inShort)).toEqual([]);
    // Of those who are the first owner of a tenant at the same time, one is refused: so one after the other.
    const first: RawResponse[] = [];
    for (const request of creations) first.push(await sendRawRequest(platform.port, request));
    const second = await sendAll(creations);
    expect([...first, ...second].filter(({ status }) => status !== 201).map(inShort)).toEqual([]);
    expect(second.map(({ text }) => text)).toEqual(first.map(({ text }) => text));
    const emails = (await platform.stored()).map(([, { email }]) => String(email));
    const wanted = creations.map(({ body }) => (JSON.parse(String(body)) as { email: string }).email);
    expect(emails.filter((email) => wanted.includes(email)).toSorted()).toEqual(wanted.toSorted());
    expect(platform.isRunning()).toBe(true);
  }, 60_000);
});
