import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { k6AtHand } from '../src/find-k6.ts';
import { type Platform, startPlatform } from '../src/platform.ts';
import { bounds, optionsOf, type Size } from '../src/profiles.ts';
import { runLoad } from '../src/run-load.ts';

const run = promisify(execFile);
const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const script = fileOf('../src/script.mjs');

const { MONGODB_URI: mongodbUri = '', REDIS_URL: redisUrl = '' } = process.env;

// To build it takes minutes, which `npm run load` does once.
const k6 = await k6AtHand(process.env);
console.info(
  k6 === undefined
    ? 'There is no k6 yet, which `npm run load -- smoke` builds: its script is parsed, and no load is made.'
    : `Load is made by ${k6}.`,
);

const size: Size = { profile: 'smoke', perSecond: 20, seconds: 3 };
/** How fast a machine is that does other things too is not the question here. */
const patient = {
  reads: { p95Ms: 15_000, p99Ms: 15_000 },
  writes: { p95Ms: 15_000, p99Ms: 15_000 },
  failedShare: 0.001,
};

describe('the script', () => {
  it('can be parsed, and has what the scenarios run', async () => {
    await run(process.execPath, ['--check', script]);
    const text = await readFile(script, 'utf8');
    for (const { exec } of Object.values(optionsOf(size).scenarios)) expect(text).toContain(`export const ${exec} =`);
  });
});

describe('the command', () => {
  it('says what it takes, and fails', async () => {
    await expect(run(process.execPath, [fileOf('../src/main.ts'), 'sprint'])).rejects.toMatchObject({
      code: 1,
      stderr: 'Say what to run: npm run load -- smoke|stress|soak [--minutes 1] [--rate 100]\n',
    });
  });
});

describe.runIf(k6 !== undefined)('load', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await startPlatform({ mongodbUri, redisUrl });
  }, 60_000);

  afterAll(() => platform.stop(), 60_000);

  const load = (given = bounds) => runLoad(platform, { k6: k6 ?? '', size, bounds: given });

  it('reads and writes; every answer is right, and everybody whose adding was acknowledged is there', async () => {
    const { broken, added, report } = await load(patient);
    expect(broken, report).toEqual([]);
    expect(added).toBeGreaterThan(3);
    expect(platform.complaints()).toBe('');
  }, 120_000);

  it('fails by the bound that is broken', async () => {
    const { broken, report } = await load({ ...patient, reads: { p95Ms: 0, p99Ms: 15_000 } });
    expect(broken, report).toEqual(['http_req_duration{scenario:reads} p(95)<0']);
    expect(report).toContain('Broken: http_req_duration{scenario:reads} p(95)<0');
  }, 120_000);
});
