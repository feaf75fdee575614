import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createTokenSigner, generateSigningKey, toPublicJwk } from '@plinth/auth';
import { load } from '@plinth/config';
import { type Datastore, StartupError } from '@plinth/data-kit';
import { createPrincipal } from '@plinth/testing';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../src/clock-and-ids.ts';
import { runService, type ServiceConfig, serviceSettings } from '../src/index.ts';
import { listen } from '../src/listen.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { streams, thingsModule } from './things.ts';

const key = await generateSigningKey();

const createConfig = async (overrides: Partial<ServiceConfig> = {}): Promise<ServiceConfig> => ({
  ...load(serviceSettings, {
    NODE_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: 'error',
    MONGODB_URI: 'mongodb://127.0.0.1:1/',
    MONGODB_POOL_SIZE: '1',
    REDIS_URL: 'redis://127.0.0.1:1',
    AUTH_JWKS: JSON.stringify({ keys: [toPublicJwk(key)] }),
    CURSOR_SECRET: 'k3Jx9vQ2mZp7Rt5Wb8Nc4Yh6Ls1Df0Ga',
  }),
  ...overrides,
});

class Exited extends Error {}

const closed: string[] = [];
const exit = vi.spyOn(process, 'exit');
const stderr = vi.spyOn(process.stderr, 'write');

beforeEach(() => {
  closed.length = 0;
  exit.mockImplementation(() => {
    throw new Exited();
  });
  stderr.mockImplementation(() => true);
});

const listenersBefore = new Map(process.eventNames().map((event) => [event, process.rawListeners(event)]));

/** Removes the listeners that the service has added, and keeps those of vitest. */
const removeListeners = () => {
  for (const event of process.eventNames()) {
    for (const listener of process.rawListeners(event)) {
      if (!listenersBefore.get(event)?.includes(listener)) process.off(event, listener as () => void);
    }
  }
};

afterEach(() => {
  removeListeners();
  vi.clearAllMocks();
});

afterAll(() => vi.restoreAllMocks());

const createDatastore = (overrides: Partial<Datastore> = {}): Datastore => ({
  ...fakeDatastore(),
  subscribe: async () => ({ ageMs: () => 0, stop: async () => void closed.push('revocations') }),
  close: async () => void closed.push('datastore'),
  ...overrides,
});

const run = async (config: Partial<ServiceConfig> = {}, datastore: Datastore = createDatastore()) =>
  runService({
    name: 'things',
    modules: [thingsModule],
    config: await createConfig(config),
    connect: async () => datastore,
    connections: [
      () => ({
        name: 'queue',
        required: false,
        check: async () => undefined,
        close: async () => void closed.push('queue'),
      }),
    ],
  });

/** Sends SIGTERM and waits for the exit, which is mocked. */
const stop = async (timeoutMs = 10_000): Promise<void> => {
  exit.mockImplementation(() => undefined as never);
  process.emit('SIGTERM', 'SIGTERM');
  await vi.waitFor(() => expect(exit).toHaveBeenCalled(), timeoutMs);
};

describe('a service', () => {
  it('serves until SIGTERM, then closes its connections and exits with 0', async () => {
    const { url } = await run();
    expect((await fetch(`${url}/v1/ping`)).status).toBe(200);
    expect(await (await fetch(`${url}/ready`)).json()).toEqual({ status: 'ready' });
    await stop();
    expect(exit).toHaveBeenCalledExactlyOnceWith(0);
    expect(closed[0]).toBe('revocations');
    expect(closed.toSorted()).toEqual(['datastore', 'queue', 'revocations']);
    await expect(fetch(`${url}/v1/ping`)).rejects.toThrow();
  });

  it('serves its metrics on a separate port until it has stopped', async () => {
    const { url, metricsUrl } = await run({ METRICS_PORT: 0 });
    expect(new URL(String(metricsUrl)).port).not.toBe(new URL(url).port);
    await fetch(`${url}/v1/ping`);
    const readMetrics = async () => (await fetch(String(metricsUrl))).text();
    await expect
      .poll(readMetrics)
      .toMatch(/_count\{module="things",method="GET",route="\/v1\/ping",status="2xx"\} 1\n/);
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    await stop();
    await expect(readMetrics()).rejects.toThrow();
  });

  it.each([true, false])('migrates at its start only with MIGRATE_ON_START: %s', async (migrates) => {
    const steps: string[] = [];
    const fake = createDatastore();
    const datastore = createDatastore({
      open: (module, options) => ({
        ...fake.open(module, options),
        prepare: async () => void steps.push('prepare'),
        assertPrepared: async () => void steps.push('assertPrepared'),
      }),
    });
    await run({ MIGRATE_ON_START: migrates }, datastore);
    expect(steps).toEqual([migrates ? 'prepare' : 'assertPrepared']);
    await stop();
  });

  it('boundary: refuses tunnels on localhost as on every other host', async () => {
    const { url } = await run({ HOST: 'localhost' });
    const socket = connect(Number(new URL(url).port), 'localhost');
    const response = text(socket);
    socket.write('CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n');
    expect(await response).toMatch(/^HTTP\/1\.1 405 /);
    await stop();
  });

  it('serves no metrics without METRICS_PORT', async () => {
    expect((await run()).metricsUrl).toBeUndefined();
    await stop();
  });

  it('responds to a request in flight before it stops', async () => {
    const { url } = await run({ NODE_ENV: 'production', SHUTDOWN_DELAY_MS: 300 });
    const response = fetch(`${url}/v1/ping`);
    await response.then(() => stop());
    expect((await response).status).toBe(200);
    expect(exit).toHaveBeenCalledExactlyOnceWith(0);
  });

  it('boundary: cuts streams that outlast the requests, whether read or stalled, then closes its connections and exits with 0', async () => {
    const { url } = await run();
    const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = await createConfig();
    const token = await createTokenSigner({ key, clock: systemClock, issuer, audience }).sign(createPrincipal());
    const headers = { authorization: `Bearer ${token}` };
    const open = async (): Promise<IncomingMessage> => {
      const [response] = await once(get(`${url}/v1/thing-stream?endless=true`, { headers }), 'response');
      return response.on('error', () => undefined);
    };
    const [stalled, reader] = [await open(), await open()];
    reader.on('data', () => {
      reader.pause();
      setTimeout(() => reader.resume(), 50);
    });
    const startedAt = performance.now();
    await stop(20_000);
    expect(performance.now() - startedAt).toBeGreaterThan(7900);
    expect(exit).toHaveBeenCalledExactlyOnceWith(0);
    expect(closed[0]).toBe('revocations');
    expect(closed.toSorted()).toEqual(['datastore', 'queue', 'revocations']);
    // A client sees the end of a connection after the bytes that the sockets had buffered.
    for (const response of [stalled, reader]) response.removeAllListeners('data').resume();
    await expect.poll(() => [stalled.destroyed, reader.destroyed, streams.open]).toEqual([true, true, 0]);
    expect([stalled.complete, reader.complete]).toEqual([false, false]);
  });
});

describe('a service does not start, and says why in one sentence,', () => {
  it('when its datastore cannot be used', async () => {
    const broken = createDatastore({
      open: () => {
        throw new StartupError('MONGODB_URI names a standalone mongod.');
      },
    });
    await expect(run({}, broken)).rejects.toThrow(Exited);
    expect(exit).toHaveBeenCalledExactlyOnceWith(1);
    expect(stderr).toHaveBeenCalledExactlyOnceWith('\nMONGODB_URI names a standalone mongod.\n\n');
  });

  it('when it cannot read the revocations', async () => {
    const broken = createDatastore({
      subscribe: () => Promise.reject(new StartupError("The journal of 'users' is unavailable.")),
    });
    await expect(run({}, broken)).rejects.toThrow(Exited);
    expect(exit).toHaveBeenCalledExactlyOnceWith(1);
    expect(stderr).toHaveBeenCalledExactlyOnceWith("\nThe journal of 'users' is unavailable.\n\n");
  });

  it.each([
    [{ HOST: 'nowhere.invalid' }, 'The host name nowhere.invalid cannot be resolved. Set HOST to an address of'],
    [{ HOST: '203.0.113.1' }, '203.0.113.1 is not an address of this machine. Set HOST to an address of this machine'],
    [{ HOST: 'fe80::1' }, 'fe80::1 cannot be listened on (EINVAL). Set HOST to an address of this machine'],
    [
      { METRICS_PORT: 0, METRICS_HOST: 'nowhere.invalid' },
      'The host name nowhere.invalid cannot be resolved. Set METRICS_HOST to an address of this machine',
    ],
  ])('when it cannot listen at %j', async (config, message) => {
    await expect(run(config)).rejects.toThrow(Exited);
    expect(exit).toHaveBeenCalledExactlyOnceWith(1);
    expect(stderr).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^\n.+\n\n$/));
    expect(stderr).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(message));
  });

  it.each(['PORT', 'METRICS_PORT'] as const)('when its %s is taken', async (name) => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as AddressInfo;
    await expect(run({ [name]: port })).rejects.toThrow(Exited);
    expect(stderr).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining(`Port ${port} of 127.0.0.1 is taken. Set ${name} to another port`),
    );
    blocker.close();
  });

  it('when it cannot listen at two addresses, before it opens its datastore', async () => {
    const broken = createDatastore({
      open: () => {
        throw new StartupError('MONGODB_URI names a standalone mongod.');
      },
    });
    await expect(run({ HOST: '203.0.113.1', METRICS_PORT: 0, METRICS_HOST: '198.51.100.1' }, broken)).rejects.toThrow(
      Exited,
    );
    expect(stderr).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(
        /^\n203\.0\.113\.1 is .* Set HOST to .*\n198\.51\.100\.1 is .* Set METRICS_HOST to .*\n\n$/,
      ),
    );
  });

  it('when its port is taken after the check, or is privileged', async () => {
    const config = await createConfig({ PORT: 80 });
    const failed = (code: string) =>
      listen({ listen: () => Promise.reject(Object.assign(new Error(), { code, syscall: 'listen' })) }, config);
    await expect(failed('EADDRINUSE')).rejects.toThrow('Port 80 of 127.0.0.1 is taken. Set PORT to another port');
    await expect(failed('EACCES')).rejects.toThrow('Set PORT to a port from 1024.');
  });

  it('and logs an unexpected error', async () => {
    const log = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
    const broken = createDatastore({
      open: () => {
        throw new Error('unforeseen');
      },
    });
    await expect(run({}, broken)).rejects.toThrow(Exited);
    expect(exit).toHaveBeenCalledExactlyOnceWith(1);
    expect(stderr).not.toHaveBeenCalled();
    log.mockRestore();
  });
});
