import { sendRedisCommand, startTestDatabase, type TestDatabase } from '@plinth/dev-databases';
import { openTestDatastore } from '@plinth/mongo/testing';
import { type OtlpReceiver, openOtlpReceiver } from '@plinth/telemetry/testing';
import {
  createPrincipal,
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
const concurrency = 8;
/** High, because each of these requests waits for the timeout of an unreachable database. */
const concurrencyDuringOutage = 200;

type Exchanged = { readonly request: RawRequest; readonly response: RawResponse };

let mongod: TestDatabase;
let redis: TestDatabase;
let receiver: OtlpReceiver;
let platform: RunningPlatform;
let exitCode: number | null;
const outputs = { stdout: '', stderr: '', metrics: '', traces: '' };
const exchanged: Exchanged[] = [];

const sendAll = async (requests: readonly RawRequest[], concurrent: number): Promise<void> => {
  const send = async (request: RawRequest) => ({ request, response: await sendRawRequest(platform.port, request) });
  exchanged.push(...(await mapConcurrently(requests, send, concurrent)));
};

/** Creates a MongoDB user whose password is a canary. @returns the URI with that user. */
const createDatabaseUser = async (uri: string): Promise<string> => {
  const [user, pwd] = [canaries.plant('the user of MongoDB'), canaries.plant('the password of MongoDB')];
  const { client, close } = await openTestDatastore(uri);
  await client.db('admin').command({ createUser: user, pwd, roles: ['root'] });
  await close();
  return `${uri.replace('//', `//${user}:${pwd}@`)}&authSource=admin`;
};

const setPassword = async (uri: string): Promise<string> => {
  const password = canaries.plant('the password of Redis');
  await sendRedisCommand(uri, 'CONFIG', 'SET', 'requirepass', password);
  return uri.replace('//', `//default:${password}@`);
};

const createToken = async (place: string, roles: readonly string[] = ['owner']): Promise<string> => {
  const token = await platform.createToken(createPrincipal({ roles }));
  const [, payload = '', signature = ''] = token.split('.');
  canaries.mark(`the claims of ${place}`, payload);
  canaries.mark(`the signature of ${place}`, signature);
  return token;
};

const sendAllRequests = async (): Promise<void> => {
  const authorization = `Bearer ${await createToken('a valid token')}`;
  const [header = '', payload = ''] = (await createToken('a token that was changed')).split('.');
  const forged = `${header}.${payload}.${canaries.plant('an invalid signature').padEnd(86, 'A')}`;
  const userId = await createResource(platform.port, authorization);
  const options = { canaries, pathCanaries, authorization, forged, userId };
  for (const requests of createCanaryRequests(options)) {
    await sendAll(requests, 1);
  }
  const viewer = `Bearer ${await createToken('a token of a viewer', ['viewer'])}`;
  await sendAll(createCanaryRequests({ ...options, authorization: viewer }).flat(), concurrency);
  await mongod.kill();
  await redis.kill();
  await sendAll(createCanaryRequests(options).flat(), concurrencyDuringOutage);
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
    MONGODB_URI: await createDatabaseUser(mongod.uri),
    REDIS_URL: await setPassword(redis.uri),
    CURSOR_SECRET: canaries.plant('the secret of cursors').repeat(2),
  });
  await sendAllRequests();
  outputs.metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  exitCode = await platform.stop();
  Object.assign(outputs, { stdout: platform.stdout(), stderr: platform.stderr(), traces: receiver.text() });
});

afterAll(async () => {
  await Promise.all([mongod.close(), redis.close(), receiver.close()]);
});

type Line = Readonly<Record<string, unknown>>;
const readLines = (): string[] => outputs.stdout.split('\n').slice(0, -1);
const findRecords = (event: string): Line[] =>
  readLines()
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line['event'] === event);

describe('a canary in every secret and personal field, header and token', () => {
  it.each(['stdout', 'stderr', 'metrics', 'traces'] as const)('does not appear in %s', (output) => {
    expect(canaries.foundIn(outputs[output])).toEqual([]);
    expect(pathCanaries.foundIn(outputs[output])).toEqual([]);
  });

  it('does not appear in problems, which contain no path except that of the request', () => {
    const problems = exchanged.filter(({ response }) => response.status >= 400);
    const leaks = problems.flatMap(({ request, response }) =>
      canaries
        .foundIn(`${response.head}\n${response.text}`)
        .map((place) => `${place}: ${request.method} ${request.path}`),
    );
    expect(leaks).toEqual([]);
    const withPathCanaries = problems.filter(({ request, response }) =>
      pathCanaries.foundIn(`${response.head}\n${response.text.replaceAll(request.path, '')}`).some(Boolean),
    );
    expect(withPathCanaries.map(({ response }) => response.text)).toEqual([]);
  });

  it('is sent in requests that succeed, are rejected and fail', () => {
    const seen = new Set(exchanged.map(({ response }) => response.status));
    for (const status of [200, 201, 400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 428, 503]) {
      expect(seen).toContain(status);
    }
    expect(outputs.metrics.length).toBeGreaterThan(1000);
    expect(outputs.traces.length).toBeGreaterThan(1000);
    expect(findRecords('request-failed').length).toBeGreaterThan(10);
    expect(findRecords('redis-disconnected').length).toBeGreaterThan(0);
    // Once for each journal that is subscribed to.
    const lost = findRecords('revocation-stream-lost').map(({ module }) => module);
    expect(lost).toEqual([...new Set(lost)]);
  });

  it('appears in successful responses that contain the field', () => {
    const created = exchanged.filter(({ response }) => response.status === 201).map(({ response }) => response.text);
    expect(canaries.foundIn(created.join())).toContain('the name of a user');
  });
});

describe('the log', () => {
  it('is one JSON object a line, each with its level, time, service and event', () => {
    const malformed = readLines().filter((line) => {
      const { level, time, service, event } = JSON.parse(line) as Line;
      const isEvent = typeof event === 'string' && /^[a-z]+(?:-[a-z]+)*$/.test(event);
      return !isEvent || service !== 'platform' || typeof level !== 'string' || Number.isNaN(Date.parse(String(time)));
    });
    expect(malformed).toEqual([]);
    expect(outputs.stdout.endsWith('\n')).toBe(true);
    expect(outputs.stderr).toBe('');
  });

  it('has no line that a request has forged', () => {
    // Control characters and line separators must be escaped.
    const unsafe = [...outputs.stdout].filter(
      (character) => /[^\n\x20-\x7e]/.test(character) && !/\p{L}/u.test(character),
    );
    expect(unsafe).toEqual([]);
    expect(new Set(readLines().map((line) => (JSON.parse(line) as Line)['event']))).not.toContain('a');
  });

  it('has one line for each request, even for malformed ones', () => {
    const served = findRecords('request-served').map((line) => line['requestId']);
    const ids = exchanged.map(({ response }) => response.headers['x-request-id']);
    const counts = Map.groupBy(served, (id) => id);
    const wrong = ids.filter((id) => id !== undefined && counts.get(id)?.length !== 1);
    expect(wrong).toEqual([]);
    expect(exitCode).toBe(0);
  });
});
