import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, type Server, request as send } from 'node:http';
import { createTokenSigner, generateSigningKey, toPublicJwk } from '@plinth/auth';
import { systemClock } from '@plinth/service-kit';
import { aFreePort, anId } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const main = new URL('../src/main.ts', import.meta.url).pathname;
const parties = { issuer: 'plinth', audience: 'plinth-api' };
const key = await generateSigningKey();
const tenantId = anId();
const environment = {
  PATH: process.env['PATH'],
  NODE_ENV: 'production',
  MONGODB_URI: process.env['MONGODB_URI'],
  MONGODB_DATABASE_PREFIX: `t${anId().replaceAll('-', '').slice(-12)}_`,
  REDIS_URL: process.env['REDIS_URL'],
  AUTH_JWKS: JSON.stringify({ keys: [toPublicJwk(key)] }),
  CURSOR_SECRET: 'Zk3v9QpL2xWm7RtY5uHn8sBd4cFg6jKe',
  SHUTDOWN_DELAY_MS: '1000',
  LIMIT_DEFAULT_PLAN: 'enterprise',
  LIMIT_IP_PER_MINUTE: '600000',
};

type Instance = { readonly port: number; child: ChildProcess; isReady: boolean };
const instances: Instance[] = [];

const spawnOn = (port: number): ChildProcess =>
  spawn(process.execPath, [main], {
    env: { ...environment, PORT: String(port) } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'ignore', 'inherit'],
  });

const readiness = async (port: number): Promise<number> =>
  fetch(`http://127.0.0.1:${port}/health/ready`).then(
    ({ status }) => status,
    () => 0,
  );

const untilReady = (port: number) =>
  vi.waitFor(async () => expect(await readiness(port)).toBe(200), { timeout: 20_000, interval: 50 });

/** A proxy as they are: it keeps connections, asks for readiness, and sends to whoever was ready when it asked. */
const openProxy = async (): Promise<Server> => {
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const proxy = createServer((incoming, outgoing) => {
    const ready = instances.filter(({ isReady }) => isReady);
    turn += 1;
    const { port } = ready[turn % ready.length] as Instance;
    const { method = 'GET', url = '/', headers } = incoming;
    const upstream = send({ agent, port, host: '127.0.0.1', method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    upstream.on('error', (error) => {
      outgoing.writeHead(502).end(error.message);
    });
    incoming.pipe(upstream);
  });
  const watch = setInterval(() => {
    for (const instance of instances) {
      void readiness(instance.port).then((status) => {
        instance.isReady = status === 200;
      });
    }
  }, 100);
  proxy.on('close', () => {
    clearInterval(watch);
    agent.destroy();
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  return proxy;
};

let proxy: Server;
let base: string;
let authorization: string;

beforeAll(async () => {
  for (let at = 0; at < 2; at += 1) {
    // oxlint-disable-next-line no-await-in-loop -- the second port is looked for when the first is known
    const port = await aFreePort();
    instances.push({ port, child: spawnOn(port), isReady: false });
  }
  await Promise.all(instances.map(({ port }) => untilReady(port)));
  for (const instance of instances) instance.isReady = true;
  proxy = await openProxy();
  base = `http://127.0.0.1:${(proxy.address() as { port: number }).port}`;
  const signer = createTokenSigner({ key, clock: systemClock, ...parties });
  authorization = `Bearer ${await signer.sign({ id: anId(), tenantId, roles: ['owner'] })}`;
}, 60_000);

afterAll(() => {
  proxy.closeAllConnections();
  proxy.close();
  for (const { child } of instances) if (child.exitCode === null) child.kill('SIGKILL');
});

let made = 0;
const call = async (): Promise<number> => {
  made += 1;
  const isWrite = made % 3 === 0;
  const answer = await fetch(`${base}/v1/users`, {
    method: isWrite ? 'POST' : 'GET',
    headers: { authorization, ...(isWrite && { 'content-type': 'application/json' }) },
    ...(isWrite && {
      body: JSON.stringify({ name: 'Rolling', email: `rolling-${made}@test.example`, role: 'member' }),
    }),
  });
  await answer.text();
  return answer.status;
};

describe('shutdown', () => {
  it('a rolling restart of two instances behind a proxy under load: no request fails', async () => {
    const statuses = new Map<number, number>();
    const stop = { now: false };
    const clients = Array.from({ length: 20 }, async () => {
      while (!stop.now) {
        // oxlint-disable-next-line no-await-in-loop -- a client sends its next request when the last one is answered
        const status = await call();
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    for (const instance of instances) {
      const ended = once(instance.child, 'exit');
      const began = performance.now();
      instance.child.kill('SIGTERM');
      // oxlint-disable-next-line no-await-in-loop -- one instance at a time is what rolling means
      expect(await ended).toEqual([0, null]);
      expect(performance.now() - began).toBeLessThan(10_000);
      instance.child = spawnOn(instance.port);
      // oxlint-disable-next-line no-await-in-loop -- the next one goes when this one is back
      await untilReady(instance.port);
      // oxlint-disable-next-line no-await-in-loop -- until the proxy has seen it too
      await expect.poll(() => instance.isReady, { timeout: 5000 }).toBe(true);
    }
    stop.now = true;
    await Promise.all(clients);
    expect([...statuses.keys()].toSorted((left, right) => left - right)).toEqual([200, 201]);
    expect(statuses.get(200)).toBeGreaterThan(50);
  }, 90_000);

  it('SIGTERM under fifty requests in flight: readiness fails first, every request is answered, the end comes in time', async () => {
    const port = await aFreePort();
    const child = spawnOn(port);
    await untilReady(port);
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    const post = (at: number) =>
      new Promise<number>((resolve, reject) => {
        const body = JSON.stringify({ name: 'In flight', email: `flight-${at}@test.example`, role: 'member' });
        const headers = { authorization, 'content-type': 'application/json', 'content-length': body.length };
        send({ agent, port, host: '127.0.0.1', method: 'POST', path: '/v1/users', headers }, (answer) => {
          answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
        })
          .on('error', reject)
          .end(body);
      });
    const flight = Array.from({ length: 50 }, (_, at) => post(at));
    const ended = once(child, 'exit');
    const began = performance.now();
    child.kill('SIGTERM');
    await expect.poll(() => readiness(port), { timeout: 900, interval: 20 }).toBe(503);
    expect(child.exitCode).toBeNull();
    expect(new Set(await Promise.all(flight))).toEqual(new Set([201]));
    expect(await ended).toEqual([0, null]);
    expect(performance.now() - began).toBeLessThan(10_000);
    agent.destroy();
  }, 60_000);
});
