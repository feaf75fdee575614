import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findInstalled, findPython } from '../src/find-python.ts';

/** A folder with a Python that answers so. */
const aFolderWith = async (script: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-python-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'python3');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return folder;
};

const withoutPip = 'echo "No module named pip" >&2; exit 1';

it('takes the first Python that is new enough and has pip', async () => {
  const folders = await Promise.all(['echo 3.9', withoutPip, 'echo 3.13', 'echo 3.12'].map(aFolderWith));
  expect(await findInstalled(folders, process.env)).toBe(join(folders[2] ?? '', 'python3'));
});

it('says why the last one will not do', async () => {
  const [old = '', bare = ''] = await Promise.all(['echo 3.9', withoutPip].map(aFolderWith));
  await expect(findInstalled([old, bare], process.env)).rejects.toThrow('No module named pip');
  await expect(findInstalled([bare, old], process.env)).rejects.toThrow('python3 is Python 3.9');
  expect(await findInstalled([], process.env)).toBeUndefined();
});

it('fails with what to install where there is none, and skips nothing', async () => {
  const from = [{ name: 'apt-get', fetches: true, find: () => Promise.reject(new Error('it needs root')) }];
  const said: string[] = [];
  await expect(findPython(process.env, { log: (line) => said.push(line), from })).rejects.toThrow(
    'needs Python 3.11 or newer with pip, and there is none here: install both (on Debian and Ubuntu: apt-get install python3 python3-pip) and run the tests again (tried apt-get: it needs root).',
  );
  expect(said).toHaveLength(1);
});
