import { type RateLimitDecision, type RateLimiter } from '@plinth/data-kit';
import { createMetrics } from '@plinth/telemetry';
import { readValue } from '@plinth/telemetry/testing';
import { createId, createPrincipal } from '@plinth/testing';
import { afterEach, describe, expect, it } from 'vitest';

import {
  closeHosts,
  countStatus,
  createManualLimiter,
  openHost,
  perMinute,
  repeat,
  toUnknownPath,
} from './rate-limit-fixture.ts';

const thing = { name: 'anvil', grams: 1 };

afterEach(closeHosts);

describe('headers', () => {
  it('report what is left and when the bucket is full again', async () => {
    const host = await openHost({});
    const caller = await host.as(createPrincipal());
    const [first] = await repeat(1, () => caller.get(toUnknownPath()));
    expect(first?.headers).toMatchObject({
      'ratelimit-policy': '"subject";q=10;w=60',
      ratelimit: '"subject";r=9;t=6',
    });
    const fifth = (await repeat(4, () => caller.get(toUnknownPath()))).at(-1);
    expect(fifth?.headers).toMatchObject({ ratelimit: '"subject";r=5;t=30' });
    expect(fifth?.headers).not.toHaveProperty('retry-after');
  });

  it('report the bucket with the least left', async () => {
    const host = await openHost({ ip: perMinute(5) });
    const { headers } = await (await host.as(createPrincipal())).get(toUnknownPath());
    expect(headers).toMatchObject({ 'ratelimit-policy': '"ip";q=5;w=60', ratelimit: '"ip";r=4;t=12' });
  });

  it.each([
    ['a public route', '/v1/ping', 200],
    ['a refused credential', '/v1/writes', 401],
  ])('report the anonymous bucket on %s', async (_, url, status) => {
    const host = await openHost({ anonymous: perMinute(60) });
    const response = await host.anonymous.get(url);
    expect(response.status).toBe(status);
    expect(response.headers).toMatchObject({
      'ratelimit-policy': '"anonymous";q=60;w=60',
      ratelimit: '"anonymous";r=59;t=1',
    });
  });

  it('report the IP bucket where no route matches', async () => {
    const { headers } = await (await openHost({})).anonymous.get('/v1/nothing');
    expect(headers).toMatchObject({ 'ratelimit-policy': '"ip";q=1000;w=60', ratelimit: '"ip";r=999;t=1' });
  });

  it.each(['/health', '/health/live', '/health/ready', '/ready'])(
    'are absent on %s, which is not limited',
    async (url) => {
      const host = await openHost({ ip: perMinute(1) });
      const responses = await repeat(5, () => host.anonymous.get(url));
      expect(countStatus(responses, 200)).toBe(5);
      expect(responses[0]?.headers).not.toHaveProperty('ratelimit');
    },
  );
});

describe('the reference', () => {
  it.each(['/openapi.json', '/asyncapi.json', '/errors/common/internal'])(
    '%s takes from the IP bucket',
    async (url) => {
      const host = await openHost({ ip: perMinute(3) });
      const responses = await repeat(5, () => host.anonymous.get(url));
      expect([countStatus(responses, 200), countStatus(responses, 429)]).toEqual([3, 2]);
    },
  );
});

describe('a caller above its limit', () => {
  it('gets a 429 with Retry-After, and is served after that time', async () => {
    const { limiter, advance } = createManualLimiter();
    const host = await openHost({ limiter });
    const caller = await host.as(createPrincipal());
    const responses = await repeat(12, () => caller.get(toUnknownPath()));
    expect([countStatus(responses, 404), countStatus(responses, 429)]).toEqual([10, 2]);
    const refused = responses.at(-1);
    expect(refused?.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'retry-after': '6',
      'ratelimit-policy': '"subject";q=10;w=60',
      ratelimit: '"subject";r=0;t=6',
    });
    expect(refused?.body).toMatchObject({
      type: 'http://test.example/errors/common/rate-limited',
      status: 429,
      code: 'rate-limited',
      detail: "The limit 'subject' of 10 requests in 60 seconds is used up. Try again in 6 s.",
    });
    advance(6000);
    expect((await repeat(2, () => caller.get(toUnknownPath()))).map(({ status }) => status)).toEqual([404, 429]);
  });

  it('race: is served exactly its quota of parallel requests', async () => {
    const host = await openHost({});
    const caller = await host.as(createPrincipal());
    const responses = await Promise.all(Array.from({ length: 50 }, () => caller.get(toUnknownPath())));
    expect([countStatus(responses, 404), countStatus(responses, 429)]).toEqual([10, 40]);
  });

  it('integrity: a rejected request changes nothing', async () => {
    const { limiter, advance } = createManualLimiter();
    const host = await openHost({ limiter });
    const owner = createPrincipal();
    const caller = await host.as(owner);
    await repeat(10, () => caller.get(toUnknownPath()));
    expect((await caller.post('/v1/things', thing, { 'idempotency-key': 'one' })).status).toBe(429);
    advance(60_000);
    const created = await caller.post('/v1/things', thing, { 'idempotency-key': 'one' });
    expect(created.status).toBe(201);
    expect(created.headers).not.toHaveProperty('idempotency-replayed');
  });

  it('boundary: takes nothing from other tenants or other users of the tenant', async () => {
    const host = await openHost({});
    const owner = createPrincipal();
    const caller = await host.as(owner);
    await repeat(20, () => caller.get(toUnknownPath()));
    expect((await (await host.as(createPrincipal())).get(toUnknownPath())).status).toBe(404);
    expect((await (await host.as({ ...owner, id: createId() })).get(toUnknownPath())).status).toBe(404);
    expect((await (await host.as({ ...owner, tenantId: createId() })).get(toUnknownPath())).status).toBe(404);
  });

  it('is rejected before permission and input are checked, and is named in the log', async () => {
    const host = await openHost({});
    const viewer = createPrincipal({ roles: ['viewer'] });
    const caller = await host.as(viewer);
    const responses = await repeat(11, () => caller.post('/v1/things', { nonsense: true }));
    expect([countStatus(responses, 403), countStatus(responses, 429)]).toEqual([10, 1]);
    const line = host.lines.records().find(({ status }) => status === 429);
    expect(line).toMatchObject({ actorId: viewer.id, tenantId: viewer.tenantId });
  });

  it('has the quota of its tenant’s plan', async () => {
    const { tenantId } = createPrincipal();
    const host = await openHost({ findPlan: (id) => (id === tenantId ? 'pro' : 'free') });
    const sendRequests = async (tenant: string) => {
      const caller = await host.as(createPrincipal({ tenantId: tenant }));
      return repeat(25, () => caller.get(toUnknownPath()));
    };
    expect(countStatus(await sendRequests(tenantId), 404)).toBe(20);
    expect(countStatus(await sendRequests(createId()), 404)).toBe(10);
  });
});

describe('without a valid credential', () => {
  it.each([
    ['nothing', {}],
    ['nonsense', { authorization: 'Bearer nonsense' }],
    ['a forged token', { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' }],
  ])('a client that sends %s gets 401, then 429', async (_, headers) => {
    const host = await openHost({ anonymous: perMinute(6) });
    const responses = await repeat(9, () => host.anonymous.get('/v1/writes', headers));
    expect(responses.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 401, 429, 429, 429]);
    expect(responses.at(-1)?.headers).toMatchObject({ 'retry-after': '10', ratelimit: '"anonymous";r=0;t=10' });
    expect(responses.at(-1)?.headers).not.toHaveProperty('www-authenticate');
  });

  it('boundary: a caller with a credential is served from the same IP meanwhile', async () => {
    const host = await openHost({ anonymous: perMinute(1) });
    await repeat(5, () => host.anonymous.get('/v1/ping'));
    expect((await host.anonymous.get('/v1/ping')).status).toBe(429);
    expect((await (await host.as(createPrincipal())).get(toUnknownPath())).status).toBe(404);
  });
});

describe('a sensitive route', () => {
  it('has a bucket for each caller, in addition to the caller’s general one', async () => {
    const host = await openHost({ sensitive: perMinute(3) });
    const caller = await host.as(createPrincipal());
    const responses = await repeat(4, () => caller.post('/v1/guesses/mine', undefined));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(responses.at(-1)?.headers).toMatchObject({
      'ratelimit-policy': '"sensitive";q=3;w=60',
      'retry-after': '20',
    });
    expect((await caller.get(toUnknownPath())).headers).toMatchObject({ ratelimit: '"subject";r=5;t=30' });
    expect((await (await host.as(createPrincipal())).post('/v1/guesses/mine', undefined)).status).toBe(200);
  });

  it('has a bucket for each IP and each route where callers are anonymous', async () => {
    const host = await openHost({ sensitive: perMinute(3) });
    const responses = await repeat(4, () => host.anonymous.post('/v1/guesses', undefined));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect((await host.anonymous.post('/v1/more-guesses', undefined)).status).toBe(200);
    const other = await host.server.inject({ method: 'POST', url: '/v1/guesses', remoteAddress: '203.0.113.7' });
    expect(other.statusCode).toBe(200);
  });
});

describe('a limiter that decides asynchronously', () => {
  const toAsynchronous = (limiter: RateLimiter): RateLimiter => ({
    take: async (...args): Promise<RateLimitDecision> => {
      await new Promise((resolve) => setImmediate(resolve));
      return limiter.take(...args);
    },
  });

  it('is awaited', async () => {
    const host = await openHost({ limiter: toAsynchronous(createManualLimiter().limiter), anonymous: perMinute(2) });
    const caller = await host.as(createPrincipal());
    const responses = await repeat(12, () => caller.get(toUnknownPath()));
    expect([countStatus(responses, 404), countStatus(responses, 429)]).toEqual([10, 2]);
    const anonymous = await repeat(3, () => host.anonymous.get('/v1/writes'));
    expect(anonymous.map(({ status }) => status)).toEqual([401, 401, 429]);
  });
});

describe('the metrics', () => {
  it('count allowed and rejected requests by bucket', async () => {
    const metrics = createMetrics();
    const host = await openHost({ metrics });
    const caller = await host.as(createPrincipal());
    await repeat(12, () => caller.get(toUnknownPath()));
    const readDecisions = (limit: string, decision: string) =>
      readValue(metrics, { name: 'rate_limit_decisions_total', labels: { limit, decision } });
    expect(await readDecisions('ip', 'allowed')).toBe(12);
    expect(await readDecisions('subject', 'allowed')).toBe(10);
    expect(await readDecisions('subject', 'refused')).toBe(2);
  });
});

it('boundary: the users of a tenant share a limit, and those of another tenant are served', async () => {
  const plan = (quota: number) => ({ free: perMinute(quota), pro: perMinute(quota), enterprise: perMinute(quota) });
  const host = await openHost({ tenants: plan(3) });
  const tenantId = createId();
  const colleagues = await Promise.all(Array.from({ length: 4 }, () => host.as(createPrincipal({ tenantId }))));
  const responses = [];
  for (const colleague of colleagues) responses.push(await colleague.get(toUnknownPath()));
  expect(responses.map(({ status }) => status)).toEqual([404, 404, 404, 429]);
  expect(responses.at(-1)?.headers).toMatchObject({ 'ratelimit-policy': '"tenant";q=3;w=60', 'retry-after': '20' });
  expect((await (await host.as(createPrincipal())).get(toUnknownPath())).status).toBe(404);
});

it('boundary: requests with an idempotency key have a limit of their own, because each key is stored', async () => {
  const plan = (quota: number) => ({ free: perMinute(quota), pro: perMinute(quota), enterprise: perMinute(quota) });
  const host = await openHost({ keys: plan(2) });
  const caller = await host.as(createPrincipal());
  const create = (headers: Record<string, string>) =>
    caller.post('/v1/things', { name: createId(), grams: 1 }, headers);
  const responses = await repeat(3, () => create({ 'idempotency-key': createId() }));
  expect(responses.map(({ status }) => status)).toEqual([201, 201, 429]);
  expect(responses.at(-1)?.headers).toMatchObject({ 'ratelimit-policy': '"keys";q=2;w=60' });
  expect((await create({})).status).toBe(201);
});
