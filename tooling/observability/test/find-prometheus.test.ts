import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createFolder } from './files.ts';
import { findPrometheus } from './find-prometheus.ts';

const run = promisify(execFile);
const suffix = `-${process.platform}-${process.arch}`;

/** Creates a program with its hash beside it, as in the cache. */
async function createProgram(folder: string, name: string): Promise<void> {
  await writeFile(join(folder, name), '#!/bin/sh\n', { mode: 0o755 });
  await writeFile(join(folder, `${name}.sha256`), hash('sha256', '#!/bin/sh\n'));
}

/** Creates an environment with nothing on PATH and an empty cache. */
async function createEmptyEnv(): Promise<{ bin: string; cache: string; env: NodeJS.ProcessEnv }> {
  const folder = await createFolder();
  const [bin, cache] = [join(folder, 'bin'), join(folder, 'cache')];
  await Promise.all([mkdir(bin), mkdir(cache)]);
  return { bin, cache, env: { PATH: bin, PLINTH_CACHE_DIR: cache } };
}

describe('the search for prometheus', () => {
  it('prefers PATH to the cache, and takes promtool from the folder of prometheus', async () => {
    const { bin, cache, env } = await createEmptyEnv();
    const cached = { prometheus: `prometheus${suffix}`, promtool: `promtool${suffix}` };
    await Promise.all(Object.values(cached).map((name) => createProgram(cache, name)));
    expect(await findPrometheus({ env })).toEqual({
      prometheus: join(cache, cached.prometheus),
      promtool: join(cache, cached.promtool),
    });
    await Promise.all(['prometheus', 'promtool'].map((name) => createProgram(bin, name)));
    expect(await findPrometheus({ env })).toEqual({
      prometheus: join(bin, 'prometheus'),
      promtool: join(bin, 'promtool'),
    });
  });

  it('throws one sentence with the fix when none is installed', async () => {
    const { env } = await createEmptyEnv();
    await expect(findPrometheus({ env })).rejects.toThrow('install it so that prometheus and promtool are on PATH');
  });

  it('returns prometheus and promtool of the same version', async () => {
    const { prometheus, promtool } = await findPrometheus({ env: process.env, log: console.error });
    expect(dirname(promtool)).toBe(dirname(prometheus));
    const versions = await Promise.all(
      [prometheus, promtool].map(
        async (program) => /version (\S+)/.exec((await run(program, ['--version'])).stdout)?.[1],
      ),
    );
    expect(versions[0]).toMatch(/^\d+\.\d+\.\d+/);
    expect(versions[1]).toBe(versions[0]);
  });
});
