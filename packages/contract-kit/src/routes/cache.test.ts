import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { secret } from '../schemas/data-class.ts';
import { toCacheControl } from './cache.ts';
import { defineRoute } from './route.ts';
import type { Cache, RouteSpec } from './route-spec.ts';

const Thing = z.object({ id: z.string() });
const spec = {
  method: 'GET',
  path: '/v1/things',
  summary: 'Get a thing',
  auth: 'authenticated',
  responses: { 200: Thing },
} as const;

describe('toCacheControl', () => {
  it.each<[Cache | undefined, string | undefined]>([
    [undefined, undefined],
    [{ maxAgeSeconds: 60 }, 'private, max-age=60'],
    [{ maxAgeSeconds: 0, scope: 'private' }, 'private, max-age=0'],
    [{ maxAgeSeconds: 86_400 }, 'private, max-age=86400'],
  ])('returns for %o: %j', (cache, expected) => {
    expect(toCacheControl({ ...spec, ...(cache && { cache }) })).toBe(expected);
  });

  it('allows shared caches only where a public route declares it', () => {
    const open = { ...spec, auth: 'public' } as const;
    expect(toCacheControl({ ...open, cache: { maxAgeSeconds: 60, scope: 'public' } })).toBe('public, max-age=60');
    expect(toCacheControl({ ...open, cache: { maxAgeSeconds: 60 } })).toBe('private, max-age=60');
  });
});

describe('a route that must not be cached as declared', () => {
  const cache = { maxAgeSeconds: 60 };
  const shared = { maxAgeSeconds: 60, scope: 'public' };
  const notCached = "is cached, which only a GET that returns 200 and is not a stream can be. Remove 'cache'.";
  const notPublic = "is cached as 'public' and needs a credential. Cache it as 'private'.";

  // The compiler refuses most of these; `as`, a computed number and JavaScript bypass it.
  it.each<[string, object, string]>([
    ['a write', { method: 'POST', cache }, notCached],
    ['a GET with another success', { responses: { 202: Thing }, cache }, notCached],
    ['a stream', { stream: 'ndjson', cache }, notCached],
    ['a shared cache for a route with a credential', { cache: shared }, notPublic],
    ['a shared cache for a route with a permission', { auth: { policy: 'things:read' }, cache: shared }, notPublic],
    [
      'a response with a secret',
      { responses: { 200: z.object({ keys: z.array(secret(z.string())) }) }, cache },
      "is cached, and its response holds a secret. Remove 'cache'.",
    ],
    ...[-1, 0.5, 86_401, Number.NaN, Number.POSITIVE_INFINITY, '60'].map(
      (maxAgeSeconds) =>
        [
          `an age of ${maxAgeSeconds} seconds`,
          { cache: { maxAgeSeconds } },
          `is cached for ${maxAgeSeconds} seconds. Use a whole number from 0 to 86400.`,
        ] satisfies [string, object, string],
    ),
  ])('is refused: %s', (_name, part, message) => {
    const route = { ...spec, ...part } as RouteSpec;
    expect(() => defineRoute(route)).toThrow(`${route.method} /v1/things ${message}`);
    expect(() => toCacheControl(route)).toThrow(TypeError);
  });
});
