import type { RouteSpec } from '@plinth/contract-kit';
import {
  aPrincipal,
  mapConcurrently,
  type RawHeader,
  type RawRequest,
  type RawResponse,
  sendRawRequest,
} from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createSampleValues, toPath } from '../host.ts';
import { type Exchanged, type Finding, findChangedFields, findFaults, isSuccess } from './support/assert-response.ts';
import { naughtyBodies } from './support/naughty-bodies.ts';
import { naughtyQueries } from './support/naughty-queries.ts';
import { naughtyHeaderValues, naughtyJson, naughtySegments, naughtyTexts } from './support/naughty-strings.ts';
import { createResource, creation, routes } from './support/requests.ts';
import { type RunningPlatform, startPlatform } from './support/running-platform.ts';

const heavy = process.env['PLINTH_HEAVY'] === '1';
const lanes = 8;
const refusedWithinMs = 2000;
const lastsMs = heavy ? 600_000 : 60_000;

let platform: RunningPlatform;
let authorization: string;
let count = 0;

/** The versions that a resource has had, so that a change finds the one that it has now. */
const anyVersion = Array.from({ length: 400 }, (_, at) => `"${at + 1}"`).join(', ');

const headersFor = (route: RouteSpec, replaced: readonly RawHeader[] = []): RawHeader[] => {
  const all: RawHeader[] = [
    ['Authorization', authorization],
    ...(route.body ? [['Content-Type', 'application/json'] as const] : []),
    ...(route.method === 'GET' ? [] : [['If-Match', anyVersion] as const]),
  ];
  const names = new Set(replaced.map(([name]) => name.toLowerCase()));
  return [...all.filter(([name]) => !names.has(name.toLowerCase())), ...replaced];
};

const fieldsOf = ({ body }: RouteSpec): string[] => (body instanceof z.ZodObject ? Object.keys(body.shape) : []);

/** The text of a body that the schema takes, with one field replaced by `json`, or added. */
const bodyWith = (route: RouteSpec, sample: object, replaced: Readonly<Record<string, string>> = {}): string => {
  const fields = { ...Object.fromEntries(Object.entries(sample).map(([key, value]) => [key, JSON.stringify(value)])) };
  const parts = Object.entries({ ...fields, ...replaced }).map(([key, json]) => `${JSON.stringify(key)}:${json}`);
  return route.body ? `{${parts.join(',')}}` : '';
};

/** Bodies that a route takes; another call gives others. */
const freshSamples = (route: RouteSpec, many: number): object[] => {
  count += 1;
  return route.body ? createSampleValues(route.body, many, count) : [];
};

const send = (request: RawRequest): Promise<RawResponse> => sendRawRequest(platform.port, request);

const make = (): Promise<string> => createResource(platform.port, authorization);

/** What was taken is in its response as it was sent, and lies there so, unless it was changed again meanwhile. */
const readBack = async (route: RouteSpec, { request, response }: Exchanged): Promise<Finding[]> => {
  if (!isSuccess(response) || !route.body || response.text === '') return [];
  const item = response.headers['location'] ?? request.path.split('/').slice(0, 4).join('/');
  const again = await send({ method: 'GET', path: item, headers: [['Authorization', authorization]] });
  const isUnchanged = again.headers['etag'] === response.headers['etag'];
  return [response, ...(isUnchanged ? [again] : [])].flatMap((shownBy) =>
    findChangedFields({ request, response }, shownBy),
  );
};

/** All values in the heavy size, else one of `part`, others for another `offset`. */
const someOf = <T>(values: readonly T[], part: number, offset: number): readonly T[] =>
  heavy ? values : values.filter((_, at) => at % part === (offset + count) % part);

type Case = { readonly request: RawRequest; readonly statuses?: readonly number[] };

const tryAll = async (route: RouteSpec, cases: readonly Case[]): Promise<number[]> => {
  const outcomes = await mapConcurrently(
    cases,
    async ({ request, statuses }) => {
      const response = await send(request);
      const wrong = findFaults({ request, response }, { withinMs: refusedWithinMs, statuses });
      return { status: response.status, wrong: [...wrong, ...(await readBack(route, { request, response }))] };
    },
    lanes,
  );
  expect(outcomes.flatMap(({ wrong }) => wrong)).toEqual([]);
  return outcomes.map(({ status }) => status);
};

/** Begins a tenant in which there is nobody but its owner, who sends all that follows. */
const begin = async (): Promise<void> => {
  const founder = aPrincipal();
  authorization = `Bearer ${await platform.createToken(founder)}`;
  const id = await make();
  authorization = `Bearer ${await platform.createToken({ ...founder, id })}`;
};

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(async () => {
  const { status, text } = await send({ method: 'GET', path: '/health/ready' });
  expect([status, JSON.parse(text), platform.isRunning()]).toEqual([200, { status: 'ready' }, true]);
  expect(await platform.stop()).toBe(0);
  // A level above info in the whole run would be a failure of ours.
  const lines = platform.stdout().trim().split('\n');
  expect(lines.filter((line) => !line.startsWith('{"level":"info"'))).toEqual([]);
  expect(platform.stderr()).toBe('');
  await platform.close();
});

const queryNamesOf = ({ query }: RouteSpec): string[] =>
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

const title =
  'naughty strings, non-strings, malformed JSON, depth 10,000, 5 MB, gzip bombs, `__proto__`, `$`-operators, odd ids: 0 5xx; what is accepted comes back byte-identical; refused before 2 s';

describe(title, () => {
  describe.each(routes)('%s', (_, route) => {
    beforeAll(begin);
    const pathFor = async (): Promise<string> => (route.params ? toPath(route, await make()) : route.path);

    it('in every field of the body', { timeout: lastsMs }, async () => {
      const path = await pathFor();
      const headers = headersFor(route);
      const base = { method: route.method, path, headers };
      const cases = fieldsOf(route).flatMap((field) => {
        const samples = freshSamples(route, naughtyJson.length);
        return naughtyJson.map((json, at) => ({
          request: { ...base, body: bodyWith(route, samples[at] ?? {}, { [field]: json }) },
        }));
      });
      const names = someOf(naughtyTexts, 4, 0);
      const named = freshSamples(route, names.length).map((sample, at) => ({
        request: { ...base, body: bodyWith(route, sample, { [names[at] ?? '']: '{"$gt":""}' }) },
      }));
      const statuses = await tryAll(route, [...cases, ...named]);
      if (route.body) expect(statuses.some((status) => status < 300)).toBe(true);
    });

    it('in the place of the body', { timeout: lastsMs }, async () => {
      const path = await pathFor();
      const bodies = route.body ? naughtyBodies : someOf(naughtyBodies, 4, 0);
      const cases = bodies.map(([, status, body, own = []]) => ({
        request: { method: route.method, path, headers: headersFor(route, own), body },
        ...(route.body && { statuses: [status] }),
      }));
      await tryAll(route, cases);
    });

    it('in every query parameter', { timeout: lastsMs }, async () => {
      const path = await pathFor();
      const [sample = {}] = freshSamples(route, 1);
      const queries = queryNamesOf(route).flatMap((name, row) =>
        someOf(naughtySegments, 4, row).map((value) => `${encodeURIComponent(name)}=${value}`),
      );
      const names = someOf(naughtySegments, 4, 0).map((segment) => `${segment}=1`);
      const cases = [...naughtyQueries, ...queries, ...names].map((query) => ({
        request: {
          method: route.method,
          path: `${path}?${query.replaceAll('#', '%23')}`,
          headers: headersFor(route),
          ...(route.body && { body: bodyWith(route, sample) }),
        },
      }));
      await tryAll(route, cases);
    });

    it('in every path parameter', { timeout: lastsMs }, async () => {
      const [sample = {}] = freshSamples(route, 1);
      const segments = route.params ? naughtySegments : [];
      const cases = segments.map((segment) => ({
        request: {
          method: route.method,
          path: route.path.replace(/:\w+/g, () => segment),
          headers: headersFor(route),
          ...(route.body && { body: bodyWith(route, sample) }),
        },
        statuses: [400, 404, 405, 428],
      }));
      await tryAll(route, cases);
    });

    it('in every header that is looked at', { timeout: lastsMs }, async () => {
      const path = await pathFor();
      const samples = freshSamples(route, naughtyHeaderValues.length);
      const cases = headerNames.flatMap((name, row) =>
        someOf(naughtyHeaderValues, 5, row).map((value, column) => ({
          request: {
            method: route.method,
            path,
            headers: headersFor(route, [[name, value]]),
            ...(route.body && { body: bodyWith(route, samples[column] ?? {}) }),
          },
        })),
      );
      await tryAll(route, cases);
    });
  });

  it('as an idempotency key: what is accepted is the same key again', { timeout: lastsMs }, async () => {
    await begin();
    const samples = freshSamples(creation, naughtyHeaderValues.length);
    const outcomes = await mapConcurrently(
      naughtyHeaderValues.map((key, at) => {
        const headers = headersFor(creation, [['Idempotency-Key', key]]);
        return { method: 'POST', path: creation.path, headers, body: bodyWith(creation, samples[at] ?? {}) };
      }),
      async (request) => ({ first: await send(request), second: await send(request) }),
      lanes,
    );
    const differing = outcomes.filter(({ first, second }) => {
      const isReplayed = second.headers['idempotency-replayed'] === 'true' && second.text === first.text;
      return first.status === 201 ? !isReplayed : first.status >= 500 || second.status !== first.status;
    });
    expect(differing.map(({ first, second }) => [first.text, second.text])).toEqual([]);
    expect(outcomes.filter(({ first }) => first.status === 201).length).toBeGreaterThan(20);
  });
});
