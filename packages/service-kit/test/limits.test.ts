import { type LimitDecision, type Limiter } from '@plinth/data-kit';
import { createMetrics } from '@plinth/telemetry';
import { anId, aPrincipal } from '@plinth/testing';
import { afterEach, describe, expect, it } from 'vitest';

import { aPath, atHeldTime, closeHosts, countOf, limit, open, repeat } from './limited.ts';

const aThing = { name: 'anvil', grams: 1 };

afterEach(closeHosts);

describe('headers', () => {
  it('say what is left to the caller and when all of it is there again', async () => {
    const host = await open({});
    const caller = await host.as(aPrincipal());
    const [first] = await repeat(1, () => caller.get(aPath()));
    expect(first?.headers).toMatchObject({
      'ratelimit-policy': '"subject";q=10;w=60',
      ratelimit: '"subject";r=9;t=6',
    });
    const fifth = (await repeat(4, () => caller.get(aPath()))).at(-1);
    expect(fifth?.headers).toMatchObject({ ratelimit: '"subject";r=5;t=30' });
    expect(fifth?.headers).not.toHaveProperty('retry-after');
  });

  it('speak of the bucket that has the least left', async () => {
    const host = await open({ ip: limit('ip', 5) });
    const { headers } = await (await host.as(aPrincipal())).get(aPath());
    expect(headers).toMatchObject({ 'ratelimit-policy': '"ip";q=5;w=60', ratelimit: '"ip";r=4;t=12' });
  });

  it.each([
    ['a public route', '/v1/ping', 200],
    ['a refused credential', '/v1/writes', 401],
  ])('are those of strangers on %s', async (_, url, status) => {
    const host = await open({ anonymous: limit('anonymous', 60) });
    const answer = await host.anonymous.get(url);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'ratelimit-policy': '"anonymous";q=60;w=60',
      ratelimit: '"anonymous";r=59;t=1',
    });
  });

  it('are those of the address where there is no route', async () => {
    const { headers } = await (await open({})).anonymous.get('/v1/nothing');
    expect(headers).toMatchObject({ 'ratelimit-policy': '"ip";q=1000;w=60', ratelimit: '"ip";r=999;t=1' });
  });

  it.each(['/health', '/health/live', '/health/ready', '/ready'])(
    'are not on %s, which is not limited',
    async (url) => {
      const host = await open({ ip: limit('ip', 1) });
      const answers = await repeat(5, () => host.anonymous.get(url));
      expect(countOf(answers, 200)).toBe(5);
      expect(answers[0]?.headers).not.toHaveProperty('ratelimit');
    },
  );
});

describe('the reference', () => {
  it.each(['/openapi.json', '/errors/common/internal'])('%s takes from the bucket of the address', async (url) => {
    const host = await open({ ip: limit('ip', 3) });
    const answers = await repeat(5, () => host.anonymous.get(url));
    expect([countOf(answers, 200), countOf(answers, 429)]).toEqual([3, 2]);
  });
});

describe('a caller who sends too much', () => {
  it('is answered with when to come again, and is served then', async () => {
    const { limiter, pass } = atHeldTime();
    const host = await open({ limiter });
    const caller = await host.as(aPrincipal());
    const answers = await repeat(12, () => caller.get(aPath()));
    expect([countOf(answers, 404), countOf(answers, 429)]).toEqual([10, 2]);
    const refused = answers.at(-1);
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
      detail: "The limit 'subject' of 10 requests in 60 seconds is used up. There is room again in 6 s.",
    });
    pass(6000);
    expect((await repeat(2, () => caller.get(aPath()))).map(({ status }) => status)).toEqual([404, 429]);
  });

  it('race: is served as often as the limit says when all comes at once', async () => {
    const host = await open({});
    const caller = await host.as(aPrincipal());
    const answers = await Promise.all(Array.from({ length: 50 }, () => caller.get(aPath())));
    expect([countOf(answers, 404), countOf(answers, 429)]).toEqual([10, 40]);
  });

  it('integrity: changes nothing', async () => {
    const { limiter, pass } = atHeldTime();
    const host = await open({ limiter });
    const owner = aPrincipal();
    const caller = await host.as(owner);
    await repeat(10, () => caller.get(aPath()));
    expect((await caller.post('/v1/things', aThing, { 'idempotency-key': 'one' })).status).toBe(429);
    pass(60_000);
    const made = await caller.post('/v1/things', aThing, { 'idempotency-key': 'one' });
    expect(made.status).toBe(201);
    expect(made.headers).not.toHaveProperty('idempotency-replayed');
  });

  it('boundary: takes nothing from other tenants, nor from others of the same tenant', async () => {
    const host = await open({});
    const owner = aPrincipal();
    const caller = await host.as(owner);
    await repeat(20, () => caller.get(aPath()));
    expect((await (await host.as(aPrincipal())).get(aPath())).status).toBe(404);
    expect((await (await host.as({ ...owner, id: anId() })).get(aPath())).status).toBe(404);
    expect((await (await host.as({ ...owner, tenantId: anId() })).get(aPath())).status).toBe(404);
  });

  it('is told so before anybody looks at permission or input, and is named in the log', async () => {
    const host = await open({});
    const viewer = aPrincipal({ roles: ['viewer'] });
    const caller = await host.as(viewer);
    const answers = await repeat(11, () => caller.post('/v1/things', { nonsense: true }));
    expect([countOf(answers, 403), countOf(answers, 429)]).toEqual([10, 1]);
    const line = host.lines.records().find(({ status }) => status === 429);
    expect(line).toMatchObject({ actorId: viewer.id, tenantId: viewer.tenantId });
  });

  it('may send as much as the plan of the tenant says', async () => {
    const { tenantId } = aPrincipal();
    const host = await open({ planOf: (id) => (id === tenantId ? 'pro' : 'free') });
    const answersOf = async (tenant: string) => {
      const caller = await host.as(aPrincipal({ tenantId: tenant }));
      return repeat(25, () => caller.get(aPath()));
    };
    expect(countOf(await answersOf(tenantId), 404)).toBe(20);
    expect(countOf(await answersOf(anId()), 404)).toBe(10);
  });
});

describe('without a valid credential', () => {
  it.each([
    ['nothing', {}],
    ['nonsense', { authorization: 'Bearer nonsense' }],
    ['a forged token', { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' }],
  ])('an address that sends %s is refused for want of one, and then for its number', async (_, headers) => {
    const host = await open({ anonymous: limit('anonymous', 6) });
    const answers = await repeat(9, () => host.anonymous.get('/v1/writes', headers));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 401, 429, 429, 429]);
    expect(answers.at(-1)?.headers).toMatchObject({ 'retry-after': '10', ratelimit: '"anonymous";r=0;t=10' });
    expect(answers.at(-1)?.headers).not.toHaveProperty('www-authenticate');
  });

  it('boundary: who has one is served from the same address meanwhile', async () => {
    const host = await open({ anonymous: limit('anonymous', 1) });
    await repeat(5, () => host.anonymous.get('/v1/ping'));
    expect((await host.anonymous.get('/v1/ping')).status).toBe(429);
    expect((await (await host.as(aPrincipal())).get(aPath())).status).toBe(404);
  });
});

describe('a sensitive route', () => {
  it('has a bucket of its own for each caller, beside that of everything else', async () => {
    const host = await open({ sensitive: limit('sensitive', 3) });
    const caller = await host.as(aPrincipal());
    const answers = await repeat(4, () => caller.post('/v1/guesses/mine', undefined));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers.at(-1)?.headers).toMatchObject({ 'ratelimit-policy': '"sensitive";q=3;w=60', 'retry-after': '20' });
    expect((await caller.get(aPath())).headers).toMatchObject({ ratelimit: '"subject";r=5;t=30' });
    expect((await (await host.as(aPrincipal())).post('/v1/guesses/mine', undefined)).status).toBe(200);
  });

  it('has one for each address where callers are not known, and for each route', async () => {
    const host = await open({ sensitive: limit('sensitive', 3) });
    const answers = await repeat(4, () => host.anonymous.post('/v1/guesses', undefined));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect((await host.anonymous.post('/v1/more-guesses', undefined)).status).toBe(200);
    const other = await host.server.inject({ method: 'POST', url: '/v1/guesses', remoteAddress: '203.0.113.7' });
    expect(other.statusCode).toBe(200);
  });
});

describe('a limiter that has to ask first', () => {
  const asking = (limiter: Limiter): Limiter => ({
    take: async (...args): Promise<LimitDecision> => {
      await new Promise((resolve) => setImmediate(resolve));
      return limiter.take(...args);
    },
  });

  it('is waited for', async () => {
    const host = await open({ limiter: asking(atHeldTime().limiter), anonymous: limit('anonymous', 2) });
    const caller = await host.as(aPrincipal());
    const answers = await repeat(12, () => caller.get(aPath()));
    expect([countOf(answers, 404), countOf(answers, 429)]).toEqual([10, 2]);
    const strangers = await repeat(3, () => host.anonymous.get('/v1/writes'));
    expect(strangers.map(({ status }) => status)).toEqual([401, 401, 429]);
  });
});

describe('what is published', () => {
  it('counts what was allowed and what was refused, by bucket', async () => {
    const metrics = createMetrics();
    const host = await open({ metrics });
    const caller = await host.as(aPrincipal());
    await repeat(12, () => caller.get(aPath()));
    const samples = metrics
      .all()
      .find(({ name }) => name === 'rate_limit_decisions_total')
      ?.read();
    const valueOf = (name: string, decision: string) =>
      samples?.find(({ labels }) => labels['limit'] === name && labels['decision'] === decision)?.value;
    expect([valueOf('ip', 'allowed'), valueOf('subject', 'allowed'), valueOf('subject', 'refused')]).toEqual([
      12, 10, 2,
    ]);
  });
});
