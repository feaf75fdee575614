import { isDeepStrictEqual } from 'node:util';
import { defineRoute, getSuccess, type RouteSpec } from '@plinth/contract-kit';
import { createSerializer } from '@plinth/service-kit/testing';
import { createArbitrary, getSeed } from '@plinth/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { modules } from '../../src/modules.ts';
import { createClubsModule } from './support/clubs.ts';
import { listRoutes } from './support/routes.ts';

const heavy = process.env['PLINTH_HEAVY'] === '1';
const numRuns = heavy ? 1000 : 10;
const timeoutMs = heavy ? 900_000 : 300_000;

const arbitraries = new Map<z.core.$ZodType, fc.Arbitrary<unknown>>();

/** Routes share schemas, and an arbitrary of a large one takes a second to create. */
const getArbitrary = (schema: z.core.$ZodType, path: string): fc.Arbitrary<unknown> => {
  const arbitrary = arbitraries.get(schema) ?? createArbitrary(schema, path);
  arbitraries.set(schema, arbitrary);
  return arbitrary;
};

/** Serializes random responses as production and tests do. Returns those that a client parses to another value. */
const findChangedResponses = (route: RouteSpec): string[] => {
  const { schema } = getSuccess(route);
  const texts = (['validated', 'compiled'] as const).map((mode) => [mode, createSerializer(route, mode)] as const);
  const samples = fc.sample(getArbitrary(schema, route.path), { numRuns, seed: getSeed() });
  return samples.flatMap((sample) => {
    const sent: unknown = z.parse(schema, sample);
    return texts.flatMap(([mode, serialize]) => {
      const read = z.safeParse(schema, JSON.parse(serialize(sent)));
      return isDeepStrictEqual(read.data, sent)
        ? []
        : [`${mode}: ${JSON.stringify(sent)} is parsed as ${JSON.stringify(read)}`];
    });
  });
};

const routes = listRoutes([...modules, createClubsModule()]).filter(({ route }) => !(204 in route.responses));

it('serializes the responses of each route so that clients parse the same values', { timeout: timeoutMs }, () => {
  expect(routes.flatMap(({ route }) => findChangedResponses(route))).toEqual([]);
});

describe('finds a response that clients parse to another value:', () => {
  const create = (response: z.ZodType): RouteSpec =>
    defineRoute({ method: 'GET', path: '/v1/x', summary: 'Get it', auth: 'public', responses: { 200: response } });

  it.each([
    ['a time in place of its text', z.object({ at: z.date() })],
    ['a text that is parsed again', z.object({ text: z.string().transform((text) => `${text}!`) })],
    ['a big integer', z.object({ count: z.bigint() })],
  ])('%s', (_, schema) => {
    const find = (): string[] => findChangedResponses(create(schema));
    let found: unknown;
    try {
      found = find();
    } catch (error) {
      found = [error];
    }
    expect(found).not.toEqual([]);
  });
});
