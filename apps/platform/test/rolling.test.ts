import { once } from 'node:events';
import { Agent, createServer, type Server, request as send } from 'node:http';
import { createTestIssuer } from '@plinth/auth/testing';
import { createPrincipal } from '@plinth/testing';
import {
  createServiceSettings,
  type Environment,
  type Service,
  startService,
  unlimitedRateLimits,
} from '@plinth/testing/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entrypoints } from './entrypoints.ts';
import { storeUser } from './stored-users.ts';

const issuer = await createTestIssuer();
const settings = { ...createServiceSettings(), ...issuer.settings, ...unlimitedRateLimits, SHUTDOWN_DELAY_MS: '1000' };
const start = (overrides: Environment = {}): Promise<Service> =>
  startService(entrypoints.platform, { ...settings, ...overrides });

type Instance = { service: Service; isReady: boolean };
const instances: Instance[] = [];

const readReadiness = async ({ url }: Service): Promise<number> =>
  fetch(`${url}/health/ready`).then(
    ({ status }) => status,
    () => 0,
  );

/** Opens a proxy as in production: it keeps connections, polls readiness, and forwards to the instances that are ready. */
const openProxy = async (): Promise<Server> => {
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const proxy = createServer((incoming, outgoing) => {
    const ready = instances.filter(({ isReady }) => isReady);
    turn += 1;
    const { port } = (ready[turn % ready.length] as Instance).service;
    const { method = 'GET', url = '/', headers } = incoming;
    const upstream = send({ agent, port, host: '127.0.0.1', method, path: url, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    upstream.on('error', (error) => {
      outgoing.writeHead(502).end(error.message);
    });
    incoming.pipe(upstream);
  });
  const watch = setInterval(() => {
    for (const instance of instances) {
      void readReadiness(instance.service).then((status) => {
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
/** A process outside the proxy, which stays long enough for a busy machine to read its readiness. */
let leaving: Service;

beforeAll(async () => {
  const [last, ...services] = await Promise.all([start({ SHUTDOWN_DELAY_MS: '5000' }), start(), start()]);
  leaving = last;
  instances.push(...services.map((service) => ({ service, isReady: true })));
  proxy = await openProxy();
  base = `http://127.0.0.1:${(proxy.address() as { port: number }).port}`;
  const owner = createPrincipal();
  await storeUser(settings, owner);
  authorization = `Bearer ${await issuer.createToken(owner)}`;
});

afterAll(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await Promise.all([leaving, ...instances.map(({ service }) => service)].map((service) => service.end()));
});

let calls = 0;
const call = async (): Promise<number> => {
  calls += 1;
  const isWrite = calls % 3 === 0;
  const response = await fetch(`${base}/v1/users`, {
    method: isWrite ? 'POST' : 'GET',
    headers: { authorization, ...(isWrite && { 'content-type': 'application/json' }) },
    ...(isWrite && {
      body: JSON.stringify({ name: 'Rolling', email: `rolling-${calls}@test.example`, role: 'member' }),
    }),
  });
  await response.text();
  return response.status;
};

describe('shutdown', () => {
  it('race: a rolling restart of two instances behind a proxy under load: no request fails', async () => {
    const statuses = new Map<number, number>();
    const load = { isStopped: false };
    const clients = Array.from({ length: 10 }, async () => {
      while (!load.isStopped) {
        const status = await call();
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    for (const instance of instances) {
      // A process that has not ended 10 s after the signal exits with 1.
      expect(await instance.service.end('SIGTERM')).toEqual([0, null]);
      instance.service = await start({ PORT: String(instance.service.port) });
      await expect.poll(() => instance.isReady, { timeout: 30_000 }).toBe(true);
    }
    load.isStopped = true;
    await Promise.all(clients);
    expect([...statuses.keys()].toSorted((left, right) => left - right)).toEqual([200, 201]);
    expect(statuses.get(200)).toBeGreaterThan(50);
  });

  it('race: on SIGTERM with fifty requests in flight, readiness fails first, every request gets its response, and the process exits in time', async () => {
    const { port } = leaving;
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    const post = (index: number) =>
      new Promise<number>((resolve, reject) => {
        const body = JSON.stringify({ name: 'In flight', email: `flight-${index}@test.example`, role: 'member' });
        const headers = { authorization, 'content-type': 'application/json', 'content-length': body.length };
        send({ agent, port, host: '127.0.0.1', method: 'POST', path: '/v1/users', headers }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode ?? 0));
        })
          .on('error', reject)
          .end(body);
      });
    const inFlight = Array.from({ length: 50 }, (_, index) => post(index));
    const exited = leaving.end('SIGTERM');
    await expect.poll(() => readReadiness(leaving), { timeout: 30_000, interval: 20 }).toBe(503);
    expect(leaving.isRunning()).toBe(true);
    expect(new Set(await Promise.all(inFlight))).toEqual(new Set([201]));
    expect(await exited).toEqual([0, null]);
    agent.destroy();
  });
});
