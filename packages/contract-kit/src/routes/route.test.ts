import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { NoContent } from '../schemas/text.ts';
import { defineRoute } from './route.ts';
import { getSuccess, type RouteSpec } from './route-spec.ts';

const Thing = z.object({ id: z.string() });
const spec = { method: 'GET', path: '/v1/things', summary: 'Get a thing', auth: 'public' } as const;

describe('defineRoute', () => {
  it('returns the route unchanged', () => {
    const route = { ...spec, responses: { 200: Thing } } as const;
    expect(defineRoute(route)).toBe(route);
  });
});

describe('getSuccess', () => {
  it('returns the status as a number, and the schema', () => {
    expect(getSuccess({ ...spec, responses: { 200: Thing } })).toEqual({ status: 200, schema: Thing });
    expect(getSuccess({ ...spec, method: 'DELETE', responses: { 204: NoContent } }).status).toBe(204);
  });

  // The compiler refuses these; `as` and JavaScript bypass it, so the host checks again when it starts.
  it.each([
    ['no success', {}],
    ['a success without a schema', { 200: undefined }],
    ['two successes', { 200: Thing, 201: Thing }],
  ])('refuses a route with %s', (_, responses) => {
    const route = { ...spec, responses } as RouteSpec;
    expect(() => getSuccess(route)).toThrow("GET /v1/things must declare exactly one success status in 'responses'.");
  });
});
