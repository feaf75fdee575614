import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineRoute, type RouteSpec, successOf } from './route.ts';
import { NoContent } from './text.ts';

const Thing = z.object({ id: z.string() });
const spec = { method: 'GET', path: '/v1/things', summary: 'Get a thing', auth: 'public' } as const;

describe('defineRoute', () => {
  it('returns what it is given', () => {
    const route = { ...spec, responses: { 200: Thing } } as const;
    expect(defineRoute(route)).toBe(route);
  });
});

describe('successOf', () => {
  it('gives the status as a number, and the schema', () => {
    expect(successOf({ ...spec, responses: { 200: Thing } })).toEqual({ status: 200, schema: Thing });
    expect(successOf({ ...spec, method: 'DELETE', responses: { 204: NoContent } }).status).toBe(204);
  });

  // The compiler refuses these; `as` and JavaScript get around it, so the host asks again when it starts.
  it.each([
    ['none', {}],
    ['one without a schema', { 200: undefined }],
    ['two', { 200: Thing, 201: Thing }],
  ])('refuses a route whose successes are %s', (_, responses) => {
    const route = { ...spec, responses } as RouteSpec;
    expect(() => successOf(route)).toThrow("GET /v1/things must declare exactly one success status in 'responses'.");
  });
});
