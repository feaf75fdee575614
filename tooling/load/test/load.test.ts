import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { findK6 } from '../src/k6-command.ts';
import { createK6Options, type Size, usualThresholds } from '../src/k6-options.ts';
import { type Platform, startPlatform } from '../src/platform.ts';
import { runLoad } from '../src/run-load.ts';

const run = promisify(execFile);
const toPath = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const script = toPath('../src/script.mjs');

const { MONGODB_URI: mongodbUri = '', REDIS_URL: redisUrl = '' } = process.env;

const k6 = await findK6();
if (!k6) console.info('There is neither k6 nor Docker here: the script is only parsed.');

const size: Size = { profile: 'smoke', perSecond: 20, seconds: 3 };
/** The speed of a machine that runs other tests too is not what is tested. */
const lenient = {
  reads: { p95Ms: 15_000, p99Ms: 15_000 },
  writes: { p95Ms: 15_000, p99Ms: 15_000 },
  failedShare: 0.001,
};

it('the script parses, and exports what the scenarios execute', async () => {
  await run(process.execPath, ['--check', script]);
  const text = await readFile(script, 'utf8');
  for (const { exec } of Object.values(createK6Options(size).scenarios))
    expect(text).toContain(`export const ${exec} =`);
});

describe('the command', () => {
  const main = toPath('../src/main.ts');

  it('prints its help', async () => {
    expect((await run(process.execPath, [main, '--help'])).stdout).toContain('npm run load -- smoke|stress|soak');
  });

  it('rejects an unknown profile', async () => {
    await expect(run(process.execPath, [main, 'sprint'])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Name one profile.'),
    });
  });
});

describe('k6', () => {
  /** Puts programs that exit with the given codes on an otherwise empty PATH. */
  const usePrograms = async (programs: Readonly<Record<string, number>>): Promise<void> => {
    const folder = await mkdtemp(join(tmpdir(), 'plinth-path-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const [name, code] of Object.entries(programs)) {
      await writeFile(join(folder, name), `#!/bin/sh\nexit ${code}\n`);
      await chmod(join(folder, name), 0o755);
    }
    vi.stubEnv('PATH', folder);
    onTestFinished(() => void vi.unstubAllEnvs());
  };

  it('is the one on PATH', async () => {
    await usePrograms({ k6: 0, docker: 0 });
    expect((await findK6())?.(['/plans'])).toEqual(['k6']);
  });

  it('is its Docker image, with the folders mounted, when PATH has none', async () => {
    await usePrograms({ docker: 0 });
    const command = (await findK6())?.(['/plans', '/scripts']);
    expect(command).toEqual(expect.arrayContaining(['docker', '--volume=/plans:/plans', '--volume=/scripts:/scripts']));
    expect(command?.at(-1)).toMatch(/^grafana\/k6:/);
  });

  it('is missing when no Docker daemon runs either', async () => {
    await usePrograms({ docker: 1 });
    expect(await findK6()).toBeUndefined();
  });
});

describe.runIf(k6)('load', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await startPlatform({ mongodbUri, redisUrl });
  }, 60_000);

  afterAll(() => platform.stop(), 60_000);

  const load = (thresholds = usualThresholds) => runLoad(platform, { k6: k6 ?? (() => []), size, thresholds });

  it('reads and writes: every response is right, and every acknowledged user is stored', async () => {
    const { crossed, created, report } = await load(lenient);
    expect(crossed, report).toEqual([]);
    expect(created).toBeGreaterThan(3);
    expect(platform.complaints()).toBe('');
  }, 120_000);

  it('reports the threshold that is crossed', async () => {
    const { crossed, report } = await load({ ...lenient, reads: { p95Ms: 0, p99Ms: 15_000 } });
    expect(crossed, report).toEqual(['http_req_duration{scenario:reads} p(95)<0']);
    expect(report).toContain('Crossed: http_req_duration{scenario:reads} p(95)<0');
  }, 120_000);
});
