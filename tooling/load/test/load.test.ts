import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { findK6 } from '../src/k6-command.ts';
import { type Platform, startPlatform } from '../src/platform.ts';
import { runLoad } from '../src/run-load.ts';

const run = promisify(execFile);
const toPath = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const { MONGODB_URI: mongodbUri = '', REDIS_URL: redisUrl = '' } = process.env;

const k6 = findK6();
if (!k6) console.info('There is neither k6 nor Docker here: the script is only parsed.');

const size = { profile: 'smoke', readsPerSecond: 20, seconds: 3 } as const;

it('the script parses', async () => {
  await run(process.execPath, ['--check', toPath('../src/script.mjs')]);
});

describe('the command', () => {
  const main = toPath('../src/main.ts');

  it('rejects an unknown profile', async () => {
    await expect(run(process.execPath, [main, 'sprint'])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('expected one of "smoke"|"stress"|"soak"'),
    });
  });
});

describe('k6', () => {
  /** Puts programs that exit with these codes on an otherwise empty PATH. */
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
    expect(findK6()).toEqual(['k6']);
  });

  it('is its Docker image, with the folders of the script and of its input mounted, when PATH has none', async () => {
    await usePrograms({ docker: 0 });
    const command = findK6();
    const volumes = [tmpdir(), toPath('../src/')].map((folder) => `--volume=${folder}:${folder}`);
    expect(command).toEqual(expect.arrayContaining(['docker', ...volumes]));
    expect(command?.at(-1)).toMatch(/^grafana\/k6:/);
  });

  it('is missing when no Docker daemon runs either', async () => {
    await usePrograms({ docker: 1 });
    expect(findK6()).toBeUndefined();
  });
});

describe.runIf(k6)('load', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await startPlatform({ mongodbUri, redisUrl });
  }, 60_000);

  afterAll(() => platform.stop(), 60_000);

  const load = (latencyFactor: number) => runLoad(platform, { k6: k6 ?? ['k6'], size, latencyFactor });

  it('reads and writes: every response is right, and every acknowledged user is stored', async () => {
    // The speed of a machine that runs other tests too is not what is tested.
    const { hasCrossedThreshold, created } = await load(100);
    expect(hasCrossedThreshold).toBe(false);
    expect(created).toBeGreaterThan(3);
    expect(platform.warnings()).toBe('');
  }, 120_000);

  it('reports the threshold that is crossed', async () => {
    expect(await load(0)).toMatchObject({ hasCrossedThreshold: true });
  }, 120_000);
});
