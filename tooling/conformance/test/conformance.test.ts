import { type Platform, startPlatform } from '@plinth/load';
import { seed } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchReference, type Operation, operationsOf, type Reference } from '../src/reference.ts';
import { fuzzPlatform } from '../src/run.ts';
import { findSchemathesis, type Schemathesis } from '../src/schemathesis.ts';
import { aCaller } from './people.ts';

const heavy = process.env['PLINTH_HEAVY'] === '1';
const everything = ['examples', 'coverage', 'fuzzing', 'stateful'] as const;
/** By role. What a viewer may do is little, so of them a quick run tries only what is random. */
const roles = [
  ['owner', { phases: everything }],
  ['viewer', { phases: heavy ? everything : (['examples', 'fuzzing', 'stateful'] as const) }],
] as const;
/** Cases are those of one role. */
const size = heavy
  ? { examples: 60, casesMin: 2000, testMs: 3_600_000 }
  : { examples: 4, casesMin: 50, testMs: 180_000 };

const { MONGODB_URI: mongodbUri = '', REDIS_URL: redisUrl = '' } = process.env;

let schemathesis: Schemathesis;
let platform: Platform;
let reference: Reference;

beforeAll(async () => {
  [schemathesis, platform] = await Promise.all([
    findSchemathesis(process.env, console.error),
    startPlatform({ mongodbUri, redisUrl }),
  ]);
  reference = await fetchReference(platform.url);
}, 400_000);

afterAll(async () => {
  // A failure of ours that no answer has shown.
  expect(platform.complaints()).toBe('');
  await platform.stop();
}, 60_000);

describe('the platform keeps to its own reference, whatever it is sent', () => {
  it.each(roles)(
    'by somebody with the role %s',
    async (role, { phases }) => {
      let cases = 0;
      for (let run = 0; cases < size.casesMin; run += 1) {
        const { token, ids } = await aCaller(platform, role);
        const target = { url: platform.url, token, reference };
        const report = await fuzzPlatform(schemathesis, target, { seed: (seed + run) >>> 0, ids, phases, ...size });
        expect(report.findings, report.output).toEqual([]);
        expect(report.tested).toBe(operationsOf(reference).length);
        const list = await fetch(`${platform.url}/v1/users`, { headers: { authorization: `Bearer ${token}` } });
        expect(list.status, 'the caller is still let in').toBe(200);
        cases += report.cases;
      }
      console.info(`${role}: ${cases} cases, no finding`);
    },
    size.testMs,
  );
});

it('finds answers of another shape, with a status that nobody has declared, and methods that are not there', async () => {
  const list = '/v1/users';
  const { get } = reference.paths[list] as { get: Operation };
  const { 400: _undeclared, ...declared } = get.responses;
  const other = { content: { 'application/json': { schema: { type: 'object', required: ['total'] } } } };
  const lie = { ...reference, paths: { [list]: { get: { ...get, responses: { ...declared, 200: other } } } } };
  const { token, ids } = await aCaller(platform, 'viewer');
  const fuzz = { seed: seed >>> 0, examples: 1, ids, phases: ['coverage'] as const };
  const { findings } = await fuzzPlatform(schemathesis, { url: platform.url, token, reference: lie }, fuzz);
  expect(findings.toSorted()).toEqual([
    `Allow header mismatch: OPTIONS ${list}`,
    `Response violates schema: GET ${list}`,
    `Undocumented status code: GET ${list}`,
  ]);
}, 60_000);
