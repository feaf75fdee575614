import { hash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findChromium } from '../src/find-chromium.ts';
import { chromiumName } from '../src/npm-chromium.ts';

const script = '#!/bin/sh\n';

/** Creates an environment with nothing on PATH and an empty cache. */
const createEmptyEnv = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-browser-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [bin, cache] = [join(folder, 'bin'), join(folder, 'cache')];
  await Promise.all([mkdir(bin), mkdir(cache)]);
  return { bin, cache, env: { PATH: bin, PLINTH_CACHE_DIR: cache } };
};

it('prefers a browser on PATH to the cache, and the cache to a download', async () => {
  const { bin, cache, env } = await createEmptyEnv();
  const cached = join(cache, `${chromiumName}-${process.platform}-${process.arch}`);
  await writeFile(cached, script, { mode: 0o755 });
  await writeFile(`${cached}.sha256`, hash('sha256', script));
  expect(await findChromium({ env })).toBe(cached);
  const installed = join(bin, 'google-chrome');
  await writeFile(installed, script, { mode: 0o755 });
  expect(await findChromium({ env })).toBe(installed);
});
