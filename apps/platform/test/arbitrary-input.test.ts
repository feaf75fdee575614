import { getListItem, type RouteSpec } from '@plinth/contract-kit';
import { getDeclaredStatuses } from '@plinth/service-kit/testing';
import { createArbitrary, createPrincipal, getSeed } from '@plinth/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, createSamples, openPlatform, routes } from './host.ts';

const heavy = process.env['PLINTH_HEAVY'] === '1';
const numRuns = heavy ? 5000 : 60;

let platform: Awaited<ReturnType<typeof openPlatform>>;
let caller: Caller;
let storedIds: readonly string[];

beforeAll(async () => {
  platform = await openPlatform();
  caller = await platform.host.as(createPrincipal());
  storedIds = await createSamples(caller, 20);
});

afterAll(async () => {
  expect(await platform.host.faults()).toEqual([]);
  await platform.host.close();
}, 60_000);

const naughty = fc.constantFrom(
  '',
  ' ',
  '\0',
  '\r\nSet-Cookie: a=b',
  '%',
  '..',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '$where',
  '{"$gt":""}',
  'null',
  'undefined',
  'NaN',
  '-1',
  '1e309',
  '9007199254740993',
  '\u202e',
  '\ufeff',
  'Ω≈ç√∫',
  '田中さん',
  '👩‍👩‍👧‍👦',
  '\ud800',
  "' OR 1=1 --",
  '<script>alert(1)</script>',
  'a'.repeat(5000),
);
const text = fc.oneof(naughty, fc.string({ unit: 'binary' }), fc.string());
/** Any text or the id of a stored resource. */
const ids = fc.oneof(
  text,
  fc.nat().map((index) => storedIds[index % storedIds.length] ?? ''),
);
const json = fc.oneof(fc.jsonValue(), naughty, fc.dictionary(fc.oneof(naughty, fc.string()), fc.jsonValue()));

/** Creates valid values, valid values with one field replaced, and arbitrary JSON. */
const createNearlyValid = (schema: RouteSpec['body']): fc.Arbitrary<unknown> => {
  if (!schema) return fc.constant(undefined);
  const valid = createArbitrary(schema);
  const mutated = fc.tuple(valid, fc.nat(), json).map(([value, index, other]) => {
    const keys = Object.keys(value as object);
    return { ...(value as object), [keys[index % Math.max(1, keys.length)] ?? 'extra']: other };
  });
  return fc.oneof(valid, mutated, json);
};

const createQuery = (route: RouteSpec): fc.Arbitrary<string> => {
  const parameters = [
    'limit',
    'cursor',
    'sort',
    'fields',
    ...(getListItem(route.query) ? Object.keys(getListItem(route.query)?.shape ?? {}) : []),
  ];
  const name = fc.oneof(
    fc.constantFrom(...parameters),
    fc.constantFrom(...parameters.map((field) => `${field}[gte]`)),
    text,
  );
  return fc
    .array(fc.tuple(name, text), { maxLength: 4 })
    .map((list) => list.map(([key, value]) => `${encode(key)}=${encode(value)}`).join('&'));
};

const encode = (value: string): string => encodeURIComponent(value.toWellFormed());

/** Encodes a path segment. URL parsers resolve an empty segment, one dot and two dots, so these are replaced. */
const toSegment = (id: string): string => (/^\.{0,2}$/.test(id) ? 'x' : encode(id));

const anyVersion = { 'if-match': '"1", "2", "3"' };

const isUnchanged = (sent: unknown, received: unknown): boolean => {
  if (typeof sent !== 'object' || sent === null || typeof received !== 'object' || received === null) return true;
  return Object.entries(sent).every(
    ([key, value]) =>
      !Object.hasOwn(received, key) ||
      Object.is((received as Record<string, unknown>)[key], value) ||
      typeof value === 'object',
  );
};

describe.each(routes)('%s', (operationId, route: RouteSpec) => {
  it(
    'boundary: responds to arbitrary input with a declared status below 500 and returns accepted values unchanged',
    async () => {
      const declared = getDeclaredStatuses(route);
      const property = fc.asyncProperty(
        createNearlyValid(route.body),
        createQuery(route),
        ids,
        async (body, query, id) => {
          const path = route.path.replace(/:\w+/g, toSegment(id));
          const response = await caller.send({
            method: route.method,
            url: query ? `${path}?${query}` : path,
            headers: { ...anyVersion, ...(body !== undefined && { 'content-type': 'application/json' }) },
            ...(body !== undefined && { body: JSON.stringify(body) }),
          });
          // An id with a slash or with more than a hundred characters does not match the route.
          expect([...declared, ...(route.params ? [404] : [])]).toContain(response.status);
          expect(response.status).toBeLessThan(500);
          if (response.status === 201) expect(isUnchanged(body, response.body)).toBe(true);
        },
      );
      await fc.assert(property, { seed: getSeed(), numRuns });
      expect(platform.host.contracts.some(({ routes: all }) => operationId in all)).toBe(true);
    },
    heavy ? 600_000 : 60_000,
  );
});
