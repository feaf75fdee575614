import { startTestDatabase, type TestDatabase } from '@plinth/dev-databases';
import { createPrincipal, mapConcurrently, type RawRequest, type RawResponse, sendRawRequest } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createResource, routes, toRequest } from './support/requests.ts';
import { type RunningPlatform, startPlatform } from './support/running-platform.ts';

const isHeavy = process.env['PLINTH_HEAVY'] === '1';
const requests = isHeavy ? 2000 : 60;
const concurrency = 20;
/** At the small size, which runs while other tests run, the slowest response measures the load of the machine. */
const respondedWithinMs = isHeavy ? 2000 : 15_000;
const noticedWithinMs = isHeavy ? 5000 : 30_000;
const recoveredWithinMs = isHeavy ? 10_000 : 30_000;

let redis: TestDatabase;
let platform: RunningPlatform;
let authorization: string;
let userId: string;

const send = (request: RawRequest): Promise<RawResponse> => sendRawRequest(platform.port, request);

const readReadiness = async () => {
  const { status, text } = await send({ method: 'GET', path: '/health/ready' });
  return { status, body: JSON.parse(text) as unknown };
};

beforeAll(async () => {
  redis = await startTestDatabase('redis');
  platform = await startPlatform({ REDIS_URL: redis.uri });
  authorization = `Bearer ${await platform.createToken(createPrincipal())}`;
  userId = await createResource(platform.port, authorization);
});

afterAll(async () => {
  await platform.close();
  await redis.close();
});

type Outage = { readonly how: string; readonly begin: () => Promise<void>; readonly end: () => Promise<void> };

const outages: readonly Outage[] = [
  { how: 'is stopped', begin: () => redis.pause(), end: () => redis.resume() },
  { how: 'is killed', begin: () => redis.kill(), end: () => redis.restart() },
];

/** Sends requests of all routes, some of which fail with a 4xx with or without Redis. */
const sendMixed = async (): Promise<RawResponse[]> => {
  const all = Array.from({ length: requests }, (_, index) => {
    const [, route] = routes[index % routes.length] as (typeof routes)[number];
    return toRequest(route, { authorization, id: userId });
  });
  return mapConcurrently(all, send, concurrency);
};

const isFailure = ({ status }: RawResponse): boolean => status >= 500 || status === 429 || status === 0;

describe.each(outages)('while Redis $how', ({ begin, end }) => {
  it('requests are served, readiness is 200 with `degraded: ["redis"]`, and it recovers without a restart', async () => {
    await begin();
    // The platform has not noticed the outage when the first requests arrive.
    const responses = await sendMixed();
    const degraded = { status: 200, body: { status: 'ready', degraded: ['redis'] } };
    await expect.poll(readReadiness, { timeout: noticedWithinMs }).toEqual(degraded);
    responses.push(...(await sendMixed()));
    expect(responses.filter(isFailure).map(({ text }) => text)).toEqual([]);
    expect(responses.filter(({ status }) => status < 300).length).toBeGreaterThan(requests / 4);
    expect(Math.max(...responses.map(({ ms }) => ms))).toBeLessThan(respondedWithinMs);

    await end();
    await expect
      .poll(readReadiness, { timeout: recoveredWithinMs })
      .toEqual({ status: 200, body: { status: 'ready' } });
    expect((await sendMixed()).filter(isFailure).map(({ text }) => text)).toEqual([]);
    expect(platform.isRunning()).toBe(true);
  });
});
