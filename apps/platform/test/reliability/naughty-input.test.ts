import { isOfPlatform, type RouteSpec } from '@plinth/contract-kit';
import {
  createId,
  createPrincipal,
  mapConcurrently,
  type RawHeader,
  type RawRequest,
  type RawResponse,
  sendRawRequest,
} from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createAcceptedBodies, createKeyHeader, toPath } from '../host.ts';
import { type Exchanged, type Finding, findChangedFields, findFaults, isSuccess } from './support/assert-response.ts';
import { naughtyBodies } from './support/naughty-bodies.ts';
import { naughtyQueries } from './support/naughty-queries.ts';
import { naughtyHeaderValues, naughtyJson, naughtySegments, naughtyTexts } from './support/naughty-strings.ts';
import { routes as allRoutes, createReferences, createResource, creationRoute } from './support/requests.ts';
import { createRotation } from './support/rotation.ts';
import { type RunningPlatform, startPlatform } from './support/running-platform.ts';

const heavy = process.env['PLINTH_HEAVY'] === '1';
const concurrency = 8;
/** At the small size, which runs while other tests run, the slowest response measures the load of the machine. */
const rejectedWithinMs = heavy ? 2000 : 15_000;
const timeoutMs = heavy ? 600_000 : 180_000;

/** A session is created by a verified address, which a sampled request does not have. */
const routes = allRoutes.filter(([operation]) => operation !== 'endSession');

let platform: RunningPlatform;
let authorization: string;
/** The ids of the resources that bodies of the route refer to. */
let references: Readonly<Record<string, string>> = {};
/** Grows with each set of samples, so that they have other values. */
let batch = 0;

/** All versions that a resource can have, so that a change always matches the present one. */
const anyVersion = Array.from({ length: 400 }, (_, index) => `"${index + 1}"`).join(', ');

const createHeaders = (route: RouteSpec, replaced: readonly RawHeader[] = []): RawHeader[] => {
  const all: RawHeader[] = [
    ['Authorization', authorization],
    ...(route.body ? [['Content-Type', 'application/json'] as const] : []),
    ...(route.method === 'GET' ? [] : [['If-Match', anyVersion] as const]),
    ...Object.entries(createKeyHeader(route)),
  ];
  const names = new Set(replaced.map(([name]) => name.toLowerCase()));
  return [...all.filter(([name]) => !names.has(name.toLowerCase())), ...replaced];
};

const listFields = ({ body }: RouteSpec): string[] => (body instanceof z.ZodObject ? Object.keys(body.shape) : []);

/** Creates the text of a valid body in which `replaced` sets fields to JSON texts. */
const createBody = (route: RouteSpec, sample: object, replaced: Readonly<Record<string, string>> = {}): string => {
  const fields = { ...Object.fromEntries(Object.entries(sample).map(([key, value]) => [key, JSON.stringify(value)])) };
  const parts = Object.entries({ ...fields, ...replaced }).map(([key, json]) => `${JSON.stringify(key)}:${json}`);
  return route.body ? `{${parts.join(',')}}` : '';
};

/** Creates valid bodies; each call creates others. */
const createFreshSamples = (route: RouteSpec, count: number): object[] => {
  batch += 1;
  if (!route.body) return [];
  return createAcceptedBodies(route, { ids: references, count, batch });
};

const send = (request: RawRequest): Promise<RawResponse> => sendRawRequest(platform.port, request);

/** Returns the fields of an accepted body that the response or the stored resource shows changed. */
const findChangesAfterWrite = async (route: RouteSpec, { request, response }: Exchanged): Promise<Finding[]> => {
  if (!isSuccess(response) || !route.body || response.text === '') return [];
  const item = response.headers['location'] ?? request.path.split('/').slice(0, 4).join('/');
  const current = await send({ method: 'GET', path: item, headers: [['Authorization', authorization]] });
  const isSameVersion = current.headers['etag'] === response.headers['etag'];
  return [response, ...(isSameVersion ? [current] : [])].flatMap((representation) =>
    findChangedFields({ request, response }, representation),
  );
};

/** Sends a request up to three times while its response is slow: on a busy machine any response can be, an expensive one always is. */
const sendInTime = async (request: RawRequest): Promise<RawResponse> => {
  const response = await send(request);
  let { ms } = response;
  for (let again = 1; again < 3 && ms > rejectedWithinMs; again += 1) ms = (await send(request)).ms;
  return { ...response, ms };
};

type Case = { readonly request: RawRequest; readonly statuses?: readonly number[] };

const tryAll = async (route: RouteSpec, cases: readonly Case[]): Promise<number[]> => {
  const outcomes = await mapConcurrently(
    cases,
    async ({ request, statuses }) => {
      const response = await sendInTime(request);
      const wrong = findFaults({ request, response }, { withinMs: rejectedWithinMs, statuses });
      return {
        status: response.status,
        wrong: [...wrong, ...(await findChangesAfterWrite(route, { request, response }))],
      };
    },
    concurrency,
  );
  expect(outcomes.flatMap(({ wrong }) => wrong)).toEqual([]);
  return outcomes.map(({ status }) => status);
};

/** Creates a tenant with one user, its owner, who sends all following requests. */
const startNewTenant = async (): Promise<void> => {
  authorization = `Bearer ${await platform.createToken(createPrincipal({ identityId: createId() }))}`;
};

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(async () => {
  const { status, text } = await send({ method: 'GET', path: '/health/ready' });
  expect([status, JSON.parse(text), platform.isRunning()]).toEqual([200, { status: 'ready' }, true]);
  expect(await platform.stop()).toBe(0);
  // The platform logs above the level info only for its own faults, and when a busy machine delays its connection to Redis.
  const lines = platform.stdout().trim().split('\n');
  const faults = lines.filter((line) => !/^\{"level":"info"|"event":"rate-limits-local"/.test(line));
  expect(faults).toEqual([]);
  expect(platform.stderr()).toBe('');
  await platform.close();
});

const listQueryNames = ({ query }: RouteSpec): string[] =>
  query
    ? Object.keys(z.toJSONSchema(query, { io: 'input' }).properties ?? {})
    : ['limit', 'access_token', 'tenantId', '_method'];

const headerNames = [
  'If-Match',
  'If-None-Match',
  'Idempotency-Key',
  'Accept',
  'Accept-Encoding',
  'Content-Type',
  'traceparent',
  'tracestate',
  'X-Request-Id',
  'Authorization',
  'Host',
  'Expect',
];

const countPlaces = (list: (route: RouteSpec) => readonly unknown[]): number =>
  routes.reduce((count, [, route]) => count + list(route).length, 0);

const inQuery = createRotation(countPlaces(listQueryNames), 8);
const inHeader = createRotation(
  countPlaces(() => headerNames),
  6,
);
const inField = createRotation(countPlaces(listFields), 2);
const asField = createRotation(
  countPlaces(({ body }) => (body ? [body] : [])),
  1,
);
const asBody = createRotation(
  countPlaces(({ body }) => (body ? [body] : [])),
  1,
);
const asIgnoredBody = createRotation(
  countPlaces(({ body }) => (body ? [] : [1])),
  1,
);
const asQuery = createRotation(routes.length, 1);
const asQueryName = createRotation(routes.length, 1);
const inPath = createRotation(
  countPlaces(({ params }) => (params ? [params] : [])),
  1,
);

const title =
  'boundary: naughty strings, other types, malformed JSON, deep nesting, 5 MB, gzip bombs, `__proto__`, `$`-operators and malformed ids cause no 5xx, are rejected in time, or come back unchanged';

const isTooLarge = (body: string | Buffer, { bodyBytesMax = 256 * 1024 }: RouteSpec): boolean =>
  Buffer.byteLength(body) > bodyBytesMax;

describe(title, () => {
  describe.each(routes)('%s', (_, route) => {
    beforeAll(async () => {
      await startNewTenant();
      references = await createReferences(platform.port, authorization, route);
    });
    const createPath = async (): Promise<string> =>
      route.params ? toPath(route, await createResource(platform.port, authorization, route.path)) : route.path;

    it('in every field of the body', { timeout: timeoutMs }, async () => {
      const path = await createPath();
      const headers = createHeaders(route);
      const base = { method: route.method, path, headers };
      const cases = listFields(route).flatMap((field) => {
        const values = inField(naughtyJson);
        const samples = createFreshSamples(route, values.length);
        return values.map((json, index) => ({
          request: { ...base, body: createBody(route, samples[index] ?? {}, { [field]: json }) },
        }));
      });
      const names = route.body ? asField(naughtyTexts) : [];
      const named = createFreshSamples(route, names.length).map((sample, index) => ({
        request: { ...base, body: createBody(route, sample, { [names[index] ?? '']: '{"$gt":""}' }) },
      }));
      const statuses = await tryAll(route, [...cases, ...named]);
      // A new resource may be in a state that refuses the change, and a sampled password or token is valid in form only.
      const isAccepted = (status: number): boolean =>
        status < 300 || (route.params !== undefined && status === 409) || (isOfPlatform(route) && status === 422);
      if (route.body) expect(statuses.some(isAccepted)).toBe(true);
    });

    it('as the body', { timeout: timeoutMs }, async () => {
      const path = await createPath();
      const bodies = route.body ? asBody(naughtyBodies) : asIgnoredBody(naughtyBodies);
      const cases = bodies.map(([, status, body, replaced = []]) => ({
        request: { method: route.method, path, headers: createHeaders(route, replaced), body },
        ...(route.body && { statuses: [isTooLarge(body, route) ? 413 : status] }),
      }));
      await tryAll(route, cases);
    });

    it('in every query parameter', { timeout: timeoutMs }, async () => {
      const path = await createPath();
      const [sample = {}] = createFreshSamples(route, 1);
      const queries = listQueryNames(route).flatMap((name) =>
        inQuery(naughtySegments).map((value) => `${encodeURIComponent(name)}=${value}`),
      );
      const names = asQueryName(naughtySegments).map((segment) => `${segment}=1`);
      const cases = [...asQuery(naughtyQueries), ...queries, ...names].map((query) => ({
        request: {
          method: route.method,
          path: `${path}?${query.replaceAll('#', '%23')}`,
          headers: createHeaders(route),
          ...(route.body && { body: createBody(route, sample) }),
        },
      }));
      await tryAll(route, cases);
    });

    it('in every path parameter', { timeout: timeoutMs }, async () => {
      const [sample = {}] = createFreshSamples(route, 1);
      const segments = route.params ? inPath(naughtySegments) : [];
      const cases = segments.map((segment) => ({
        request: {
          method: route.method,
          path: route.path.replace(/:\w+/g, () => segment),
          headers: createHeaders(route),
          ...(route.body && { body: createBody(route, sample) }),
        },
        statuses: [400, 404, 405, 428],
      }));
      await tryAll(route, cases);
    });

    it('in every header that the API reads', { timeout: timeoutMs }, async () => {
      const path = await createPath();
      const values = headerNames.flatMap((name) =>
        inHeader(naughtyHeaderValues).map((value) => [name, value] as const),
      );
      const samples = createFreshSamples(route, values.length);
      const cases = values.map(([name, value], index) => ({
        request: {
          method: route.method,
          path,
          headers: createHeaders(route, [[name, value]]),
          ...(route.body && { body: createBody(route, samples[index] ?? {}) }),
        },
      }));
      await tryAll(route, cases);
    });
  });

  it('as an idempotency key: an accepted key is recognized again', { timeout: timeoutMs }, async () => {
    await startNewTenant();
    const samples = createFreshSamples(creationRoute, naughtyHeaderValues.length);
    const outcomes = await mapConcurrently(
      naughtyHeaderValues.map((key, index) => {
        const headers = createHeaders(creationRoute, [['Idempotency-Key', key]]);
        return {
          method: 'POST',
          path: creationRoute.path,
          headers,
          body: createBody(creationRoute, samples[index] ?? {}),
        };
      }),
      async (request) => ({ first: await send(request), second: await send(request) }),
      concurrency,
    );
    const wrong = outcomes.filter(({ first, second }) => {
      const isReplayed = second.headers['idempotency-replayed'] === 'true' && second.text === first.text;
      return first.status === 201 ? !isReplayed : first.status >= 500 || second.status !== first.status;
    });
    expect(wrong.map(({ first, second }) => [first.text, second.text])).toEqual([]);
    expect(outcomes.filter(({ first }) => first.status === 201).length).toBeGreaterThan(20);
  });
});
