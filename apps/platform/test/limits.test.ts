import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTokenSigner, generateSigningKey, toPublicJwk } from '@plinth/auth';
import { startRedis, type TemporaryRedis } from '@plinth/engines';
import { systemClock } from '@plinth/service-kit';
import { aFreePort, anId } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const isHeavy = process.env['PLINTH_HEAVY'] === '1';
const outageMs = isHeavy ? 10_000 : 2500;

const mains = [
  new URL('../src/main.ts', import.meta.url).pathname,
  new URL('../../svc-users/src/main.ts', import.meta.url).pathname,
];
const parties = { issuer: 'plinth', audience: 'plinth-api' };
const key = await generateSigningKey();
const signer = createTokenSigner({ key, clock: systemClock, ...parties });
const processes: ChildProcess[] = [];
let redis: TemporaryRedis;
let urls: string[] = [];
let goOn: () => void = () => undefined;

/** A token of an owner of a tenant of its own. */
const aToken = (): Promise<string> => signer.sign({ id: anId(), tenantId: anId(), roles: ['owner'] });

const databasePrefix = `t${anId().replaceAll('-', '').slice(-12)}_`;

const start = async (main: string): Promise<string> => {
  const port = await aFreePort();
  const env = {
    PATH: process.env['PATH'],
    NODE_ENV: 'production',
    LOG_LEVEL: 'fatal',
    PORT: String(port),
    MONGODB_URI: process.env['MONGODB_URI'],
    MONGODB_DATABASE_PREFIX: databasePrefix,
    REDIS_URL: redis.url,
    AUTH_JWKS: JSON.stringify({ keys: [toPublicJwk(key)] }),
    CURSOR_SECRET: 'Zk3v9QpL2xWm7RtY5uHn8sBd4cFg6jKe',
    LIMIT_IP_PER_MINUTE: '600000',
  };
  processes.push(spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'inherit'] }));
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(async () => expect((await fetch(`${url}/health/ready`)).status).toBe(200), {
    timeout: 30_000,
    interval: 50,
  });
  return url;
};

/** The process that answers at an address of Redis. */
const pidOf = (url: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write('INFO server\r\n'));
    socket.once('error', reject).once('data', (data) => {
      socket.destroy();
      resolve(Number(/process_id:(\d+)/.exec(String(data))?.[1]));
    });
  });

beforeAll(async () => {
  redis = await startRedis();
  urls = await Promise.all(mains.map(start));
}, 60_000);

afterAll(async () => {
  goOn();
  for (const child of processes) child.kill('SIGKILL');
  await redis.stop();
});

type Answer = { readonly status: number; readonly ms: number; readonly headers: Headers };

const get = async (url: string, token: string): Promise<Answer> => {
  const sentAt = performance.now();
  const answer = await fetch(`${url}/v1/users`, { headers: { authorization: `Bearer ${token}` } });
  await answer.arrayBuffer();
  return { status: answer.status, ms: performance.now() - sentAt, headers: answer.headers };
};

const countOf = (answers: readonly Answer[], status: number): number =>
  answers.filter((answer) => answer.status === status).length;

const p99 = (answers: readonly Answer[]): number =>
  answers.map(({ ms }) => ms).toSorted((left, right) => left - right)[Math.ceil(answers.length * 0.99) - 1] as number;

const perSecond = 100;

/** Sends to all processes in turn, for all callers in turn. */
const load = async (tokens: readonly string[], ms: number): Promise<Answer[]> => {
  const sending: Promise<Answer>[] = [];
  const begunAt = performance.now();
  for (let elapsed = 0; elapsed < ms; elapsed = performance.now() - begunAt) {
    while (sending.length < (elapsed / 1000) * perSecond) {
      const url = urls[sending.length % urls.length] as string;
      sending.push(get(url, tokens[(sending.length >> 1) % tokens.length] as string));
    }
    // oxlint-disable-next-line no-await-in-loop -- requests come over time
    await sleep(5);
  }
  return Promise.all(sending);
};

describe('processes that share a Redis', () => {
  it('serve the limit of a tenant’s plan together, within a tenth, and other tenants meanwhile', async () => {
    const [greedy, modest] = [await aToken(), await aToken()];
    const begunAt = performance.now();
    const answers: Answer[] = [];
    const others: Answer[] = [];
    for (let round = 0; round < 20; round += 1) {
      const burst = Array.from({ length: 30 }, (_, at) => get(urls[at % urls.length] as string, greedy));
      // oxlint-disable-next-line no-await-in-loop -- one burst after the other
      others.push(await get(urls[round % urls.length] as string, modest));
      // oxlint-disable-next-line no-await-in-loop -- one burst after the other
      answers.push(...(await Promise.all(burst)));
    }
    const expected = 300 + (5 * (performance.now() - begunAt)) / 1000;
    expect(countOf(answers, 200) + countOf(answers, 429)).toBe(600);
    expect(Math.abs(countOf(answers, 200) - expected)).toBeLessThanOrEqual(expected / 10);
    expect(countOf(others, 200)).toBe(20);
    const refused = answers.find(({ status }) => status === 429);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(refused?.headers.get('ratelimit-policy')).toBe('"subject";q=300;w=60');
    expect(refused?.headers.get('ratelimit')).toMatch(/^"subject";r=0;t=\d+$/);
  }, 30_000);

  it('refuse nobody and keep nobody waiting while Redis stands still', async () => {
    const tokens = await Promise.all(Array.from({ length: 12 }, aToken));
    await load(tokens, 500);
    const before = await load(tokens, isHeavy ? 10_000 : 1000);
    const pid = await pidOf(redis.url);
    process.kill(pid, 'SIGSTOP');
    goOn = () => void process.kill(pid, 'SIGCONT');
    const during = await load(tokens, outageMs);
    goOn();
    const after = await load(tokens, 1000);
    console.info(
      `Redis stopped for ${outageMs} ms: p99 ${p99(before).toFixed(1)} ms before, ${p99(during).toFixed(1)} ms meanwhile`,
    );
    for (const answers of [before, during, after]) expect(countOf(answers, 200)).toBe(answers.length);
    // Only over a longer time does it say something about Redis, and not about what else the machine does.
    if (isHeavy) expect(p99(during)).toBeLessThan(2 * p99(before));
  }, 60_000);
});
