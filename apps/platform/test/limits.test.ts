import { setTimeout as sleep } from 'node:timers/promises';
import { createTestIssuer } from '@plinth/auth/testing';
import { startTestDatabase, type TestDatabase } from '@plinth/dev-databases';
import { createPrincipal } from '@plinth/testing';
import { createServiceSettings, type Service, startService } from '@plinth/testing/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entrypoints } from './entrypoints.ts';
import { storeUser } from './stored-users.ts';

const isHeavy = process.env['PLINTH_HEAVY'] === '1';
const outageMs = isHeavy ? 10_000 : 1500;

const issuer = await createTestIssuer();
const databases = createServiceSettings();
let redis: TestDatabase;
let services: Service[] = [];
let urls: string[] = [];

/** Creates the token of an owner of a new tenant. */
const createToken = async (): Promise<string> => {
  const owner = createPrincipal();
  await storeUser(databases, owner);
  return issuer.createToken(owner);
};

beforeAll(async () => {
  redis = await startTestDatabase('redis');
  const overrides = { LOG_LEVEL: 'fatal', REDIS_URL: redis.uri, LIMIT_IP_PER_MINUTE: '600000' };
  const settings = { ...databases, ...issuer.settings, ...overrides };
  services = await Promise.all(Object.values(entrypoints).map((main) => startService(main, settings)));
  urls = services.map(({ url }) => url);
});

afterAll(async () => {
  await Promise.all(services.map((service) => service.end()));
  await redis.close();
});

type ServiceResponse = { readonly status: number; readonly ms: number; readonly headers: Headers };

const get = async (url: string, token: string): Promise<ServiceResponse> => {
  const sentAt = performance.now();
  const response = await fetch(`${url}/v1/users`, { headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  return { status: response.status, ms: performance.now() - sentAt, headers: response.headers };
};

const countStatus = (responses: readonly ServiceResponse[], status: number): number =>
  responses.filter((response) => response.status === status).length;

const p99 = (responses: readonly ServiceResponse[]): number =>
  responses.map(({ ms }) => ms).toSorted((left, right) => left - right)[
    Math.ceil(responses.length * 0.99) - 1
  ] as number;

const perSecond = 100;

/** Sends requests at a constant rate, to all processes and for all callers in turn. */
const load = async (tokens: readonly string[], ms: number): Promise<ServiceResponse[]> => {
  const sending: Promise<ServiceResponse>[] = [];
  const startedAt = performance.now();
  for (let elapsed = 0; elapsed < ms; elapsed = performance.now() - startedAt) {
    while (sending.length < (elapsed / 1000) * perSecond) {
      const url = urls[sending.length % urls.length] as string;
      const turn = Math.floor(sending.length / urls.length);
      sending.push(get(url, tokens[turn % tokens.length] as string));
    }
    await sleep(5);
  }
  return Promise.all(sending);
};

describe('processes that share a Redis', () => {
  it('race: together allow the limit of a tenant within 10 %, and serve other tenants meanwhile', async () => {
    const [greedy, modest] = [await createToken(), await createToken()];
    const startedAt = performance.now();
    const responses: ServiceResponse[] = [];
    const others: ServiceResponse[] = [];
    for (let round = 0; round < 20; round += 1) {
      const burst = Array.from({ length: 30 }, (_, index) => get(urls[index % urls.length] as string, greedy));
      others.push(await get(urls[round % urls.length] as string, modest));
      responses.push(...(await Promise.all(burst)));
    }
    // A bucket of 300 tokens, to which five return in a second.
    const expected = 300 + (5 * (performance.now() - startedAt)) / 1000;
    expect(countStatus(responses, 200) + countStatus(responses, 429)).toBe(600);
    expect(Math.abs(countStatus(responses, 200) - expected)).toBeLessThanOrEqual(expected / 10);
    expect(countStatus(others, 200)).toBe(20);
    const rejected = responses.find(({ status }) => status === 429);
    expect(Number(rejected?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(rejected?.headers.get('ratelimit-policy')).toBe('"subject";q=300;w=60');
    expect(rejected?.headers.get('ratelimit')).toMatch(/^"subject";r=0;t=\d+$/);
  });

  it(`reject no request${isHeavy ? ' and delay none' : ''} while Redis is stopped`, async () => {
    const tokens = await Promise.all(Array.from({ length: 12 }, createToken));
    if (isHeavy) await load(tokens, 500);
    const before = await load(tokens, isHeavy ? 10_000 : 300);
    await redis.pause();
    const during = await load(tokens, outageMs);
    await redis.resume();
    const after = await load(tokens, isHeavy ? 1000 : 300);
    console.info(
      `Redis stopped for ${outageMs} ms: p99 ${p99(before).toFixed(1)} ms before, ${p99(during).toFixed(1)} ms during the outage`,
    );
    for (const responses of [before, during, after]) expect(countStatus(responses, 200)).toBe(responses.length);
    // Over a shorter time the percentile measures the load of the machine, not Redis.
    if (isHeavy) expect(p99(during)).toBeLessThan(2 * p99(before));
  });
});
