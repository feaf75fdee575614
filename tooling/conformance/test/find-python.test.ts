import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findPython } from './schemathesis.ts';

/** Creates a Python that runs a script of the shell instead. */
async function createPython(script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-python-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'python3');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

const withoutPip = 'echo "No module named pip" >&2; exit 1';

it('uses the first Python that is new enough and has pip', async () => {
  const paths = await Promise.all(['echo 3.9', withoutPip, 'echo 3.13', 'echo 3.12'].map(createPython));
  expect(await findPython(paths)).toEqual({ path: paths[2], version: '3.13' });
});

it('fails with the packages to install, and does not skip the tests', async () => {
  const paths = await Promise.all(['echo 3.9', withoutPip].map(createPython));
  await expect(findPython(paths)).rejects.toThrow(
    /^schemathesis needs Python 3\.11 or newer with pip: install both .* is Python 3\.9; No module named pip/,
  );
});
