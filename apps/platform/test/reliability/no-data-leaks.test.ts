import { askRedis, startTestDatabase, type TestDatabase } from '@plinth/dev-databases';
import { openTestDatastore } from '@plinth/mongo/testing';
import { type OtlpReceiver, openOtlpReceiver } from '@plinth/telemetry/testing';
import {
  aPrincipal,
  getFreePort,
  mapConcurrently,
  type RawRequest,
  type RawResponse,
  sendRawRequest,
} from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCanaries } from './support/canaries.ts';
import { createCanaryRequests } from './support/canary-requests.ts';
import { createResource } from './support/requests.ts';
import { type RunningPlatform, startPlatform } from './support/running-platform.ts';

const canaries = createCanaries();
const pathCanaries = createCanaries();
const lanes = 8;
/** So that requests wait for a database that is down at the same time, and not one after the other. */
const lanesWhileAway = 200;

type Exchanged = { readonly request: RawRequest; readonly response: RawResponse };

let mongod: TestDatabase;
let redis: TestDatabase;
let receiver: OtlpReceiver;
let platform: RunningPlatform;
let exitCode: number | null;
const told = { stdout: '', stderr: '', metrics: '', traces: '' };
const exchanged: Exchanged[] = [];

const sendAll = async (requests: readonly RawRequest[], many: number): Promise<void> => {
  const send = async (request: RawRequest) => ({ request, response: await sendRawRequest(platform.port, request) });
  exchanged.push(...(await mapConcurrently(requests, send, many)));
};

/** Gives mongod a user with a password that is a marker. @returns the URI of that user. */
const withUser = async (uri: string): Promise<string> => {
  const [user, pwd] = [canaries.plant('the user of MongoDB'), canaries.plant('the password of MongoDB')];
  const { client, close } = await openTestDatastore(uri);
  await client.db('admin').command({ createUser: user, pwd, roles: ['root'] });
  await close();
  return `${uri.replace('//', `//${user}:${pwd}@`)}&authSource=admin`;
};

const withPassword = async (uri: string): Promise<string> => {
  const password = canaries.plant('the password of Redis');
  await askRedis(uri, 'CONFIG', 'SET', 'requirepass', password);
  return uri.replace('//', `//default:${password}@`);
};

const createToken = async (place: string, roles: readonly string[] = ['owner']): Promise<string> => {
  const token = await platform.createToken(aPrincipal({ roles }));
  const [, payload = '', signature = ''] = token.split('.');
  canaries.mark(`the claims of ${place}`, payload);
  canaries.mark(`the signature of ${place}`, signature);
  return token;
};

const ask = async (): Promise<void> => {
  const authorization = `Bearer ${await createToken('a valid token')}`;
  const [header = '', payload = ''] = (await createToken('a token that was changed')).split('.');
  const expired = `${header}.${payload}.${canaries.plant('a signature that is none').padEnd(86, 'A')}`;
  const person = await createResource(platform.port, authorization);
  const parts = { canaries, pathCanaries, authorization, expired, person };
  for (const requests of createCanaryRequests(parts)) {
    await sendAll(requests, 1);
  }
  const viewer = `Bearer ${await createToken('a token of a viewer', ['viewer'])}`;
  await sendAll(createCanaryRequests({ ...parts, authorization: viewer }).flat(), lanes);
  await mongod.kill();
  await redis.kill();
  await sendAll(createCanaryRequests(parts).flat(), lanesWhileAway);
};

beforeAll(async () => {
  [mongod, redis, receiver] = await Promise.all([
    startTestDatabase('mongod'),
    startTestDatabase('redis'),
    openOtlpReceiver(),
  ]);
  const metricsPort = await getFreePort();
  platform = await startPlatform({
    LOG_LEVEL: 'debug',
    METRICS_PORT: String(metricsPort),
    OTEL_TRACING: 'true',
    OTEL_TRACES_SAMPLER_ARG: '1',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    MONGODB_URI: await withUser(mongod.uri),
    REDIS_URL: await withPassword(redis.uri),
    CURSOR_SECRET: canaries.plant('the secret of cursors').repeat(2),
  });
  await ask();
  told.metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  exitCode = await platform.stop();
  Object.assign(told, { stdout: platform.stdout(), stderr: platform.stderr(), traces: receiver.text() });
}, 120_000);

afterAll(async () => {
  await Promise.all([mongod.close(), redis.close(), receiver.close()]);
}, 60_000);

type Line = Readonly<Record<string, unknown>>;
const lines = (): string[] => told.stdout.split('\n').slice(0, -1);
const recordsOf = (event: string): Line[] =>
  lines()
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line['event'] === event);

describe('a marker planted in every secret and PII field, header and token appears in nothing that is told', () => {
  it.each(['stdout', 'stderr', 'metrics', 'traces'] as const)('%s: 0 hits', (where) => {
    expect(canaries.foundIn(told[where])).toEqual([]);
    expect(pathCanaries.foundIn(told[where])).toEqual([]);
  });

  it('problems: 0 hits, of paths none but the one that was asked for', () => {
    const problems = exchanged.filter(({ response }) => response.status >= 400);
    const told = problems.flatMap(({ request, response }) =>
      canaries
        .foundIn(`${response.head}\n${response.text}`)
        .map((place) => `${place}: ${request.method} ${request.path}`),
    );
    expect(told).toEqual([]);
    const others = problems.filter(({ request, response }) =>
      pathCanaries.foundIn(`${response.head}\n${response.text.replaceAll(request.path, '')}`).some(Boolean),
    );
    expect(others.map(({ response }) => response.text)).toEqual([]);
  });

  it('was in requests that were taken, refused and failed', () => {
    const seen = new Set(exchanged.map(({ response }) => response.status));
    for (const status of [200, 201, 400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 428, 503]) {
      expect(seen).toContain(status);
    }
    expect(told.metrics.length).toBeGreaterThan(1000);
    expect(told.traces.length).toBeGreaterThan(1000);
    expect(recordsOf('request-failed').length).toBeGreaterThan(10);
    expect(recordsOf('redis-disconnected')).toHaveLength(1);
    expect(recordsOf('revocation-stream-lost').length).toBeLessThanOrEqual(1);
  });

  it('is found where it is told', () => {
    const taken = exchanged.filter(({ response }) => response.status === 201).map(({ response }) => response.text);
    expect(canaries.foundIn(taken.join())).toContain('the name of a person');
  });
});

describe('the log', () => {
  it('is one JSON object a line, each with its level, time, service and event', () => {
    const odd = lines().filter((line) => {
      const { level, time, service, event } = JSON.parse(line) as Line;
      const isEvent = typeof event === 'string' && /^[a-z]+(?:-[a-z]+)*$/.test(event);
      return !isEvent || service !== 'platform' || typeof level !== 'string' || Number.isNaN(Date.parse(String(time)));
    });
    expect(odd).toEqual([]);
    expect(told.stdout.endsWith('\n')).toBe(true);
    expect(told.stderr).toBe('');
  });

  it('has no line that a request has made up', () => {
    // Control characters, and what readers take for the end of a line, stand there escaped.
    const unsafe = [...told.stdout].filter(
      (character) => /[^\n\x20-\x7e]/.test(character) && !/\p{L}/u.test(character),
    );
    expect(unsafe).toEqual([]);
    expect(new Set(lines().map((line) => (JSON.parse(line) as Line)['event']))).not.toContain('a');
  });

  it('has one line for each request, and for what is none', () => {
    const served = recordsOf('request-served').map((line) => line['requestId']);
    const ids = exchanged.map(({ response }) => response.headers['x-request-id']);
    const counts = Map.groupBy(served, (id) => id);
    const wrong = ids.filter((id) => id !== undefined && counts.get(id)?.length !== 1);
    expect(wrong).toEqual([]);
    expect(exitCode).toBe(0);
  });
});
