import { hash } from 'node:crypto';
import { type Platform, startPlatform } from '@plinth/load';
import { getSeed } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fuzz } from './run.ts';
import { findSchemathesis, type Schemathesis } from './schemathesis.ts';
import { createTenant } from './tenant.ts';

const isHeavy = process.env['PLINTH_HEAVY'] === '1';
const everyPhase = ['examples', 'coverage', 'fuzzing', 'stateful'] as const;
/** A viewer, who has few permissions, is tried at the heavy size only. */
const roles = isHeavy ? (['owner', 'viewer'] as const) : (['owner'] as const);
const { examples, casesMin, testMs } = isHeavy
  ? { examples: 60, casesMin: 2000, testMs: 3_600_000 }
  : { examples: 2, casesMin: 50, testMs: 360_000 };

/** A quick run sends the boundary values of the schemas of this many operations, others for each seed. */
const coveredMax = isHeavy ? Number.POSITIVE_INFINITY : 3;

const { MONGODB_URI: mongodbUri = '', REDIS_URL: redisUrl = '' } = process.env;

type Parameter = { name?: string };
type Operation = { operationId: string; responses: Record<string, object>; parameters: Parameter[] };
type Reference = { paths: Record<string, Record<string, Operation>> };

let schemathesis: Schemathesis;
let platform: Platform;
let reference: Reference;

beforeAll(async () => {
  [schemathesis, platform] = await Promise.all([findSchemathesis(), startPlatform({ mongodbUri, redisUrl })]);
  reference = (await (await fetch(`${platform.url}/openapi.json`)).json()) as Reference;
}, 400_000);

afterAll(async () => {
  // Failures that no response has shown.
  expect(platform.warnings()).toBe('');
  await platform.stop();
}, 60_000);

/** Returns the operations whose boundary values are not sent, chosen by the seed. */
const listUncovered = (): string[] =>
  Object.values(reference.paths)
    .flatMap((operations) => Object.values(operations).map(({ operationId }) => operationId))
    .map((id) => [hash('sha256', `${getSeed()} ${id}`), id] as const)
    .toSorted(([left], [right]) => left.localeCompare(right))
    .slice(coveredMax)
    .map(([, id]) => id);

describe('the platform conforms to its own reference, for any request', () => {
  it.each(roles)(
    'of a user with the role %s',
    async (role) => {
      const operations = Object.values(reference.paths).flatMap(Object.keys);
      let cases = 0;
      for (let run = 0; cases < casesMin; run += 1) {
        const tenant = await createTenant(platform, role);
        const target = { url: platform.url, reference, ...tenant };
        const report = await fuzz(schemathesis, {
          ...target,
          seed: (getSeed() + run) >>> 0,
          phases: everyPhase,
          examples,
          withoutCoverage: listUncovered(),
        });
        expect(report.exit_code, report.output).toBe(0);
        expect(report.operations).toMatchObject({ tested: operations.length, errored: 0, skipped: 0 });
        const list = await fetch(`${platform.url}/v1/users`, { headers: { authorization: `Bearer ${tenant.token}` } });
        expect(list.status, 'the token is still valid').toBe(200);
        cases += report.test_cases.generated;
      }
      console.info(`${role}: ${cases} cases, no finding`);
    },
    testMs,
  );
});

it(
  'finds responses that violate their schema, undeclared statuses, and methods that do not exist',
  async () => {
    const list = '/v1/users';
    const { get } = reference.paths[list] as { get: Operation };
    const { 400: _undeclared, ...declared } = get.responses;
    const other = { content: { 'application/json': { schema: { type: 'object', required: ['total'] } } } };
    // One parameter, because each has many boundary values.
    const parameters = get.parameters.filter(({ name }) => name === 'sort');
    const wrongGet = { ...get, parameters, responses: { ...declared, 200: other } };
    const wrong = { ...reference, paths: { [list]: { get: wrongGet } } };
    const target = { url: platform.url, reference: wrong, ...(await createTenant(platform, 'viewer')) };
    const { exit_code, failures } = await fuzz(schemathesis, {
      ...target,
      seed: getSeed() >>> 0,
      examples: 1,
      phases: ['coverage'],
    });
    expect(exit_code).toBe(1);
    expect(failures.map(({ title, operations }) => `${title}: ${operations.join()}`).toSorted()).toEqual([
      `Allow header mismatch: OPTIONS ${list}`,
      `Response violates schema: GET ${list}`,
      `Undocumented status code: GET ${list}`,
    ]);
  },
  testMs,
);
