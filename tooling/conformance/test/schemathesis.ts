import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fillCache, getReason, run, toCachePath } from '@plinth/dev-databases/programs';

const { env } = process;
const requirements = fileURLToPath(new URL('../requirements.txt', import.meta.url));

type Python = { readonly path: string; readonly version: string };

async function readVersion(path: string): Promise<string> {
  const version = (await run([path, '-c', 'import sys, pip; print("%d.%d" % sys.version_info[:2])'], { env })).trim();
  const [major, minor = 0] = version.split('.').map(Number);
  if (major === 3 && minor >= 11) return version;
  throw new Error(`${path} is Python ${version}`);
}

/** Finds a Python of at least 3.11 with pip. The system's Python comes first, because that of a version manager may differ by folder. */
export async function findPython(paths = ['/usr/bin/python3', 'python3']): Promise<Python> {
  const reasons: string[] = [];
  for (const path of paths) {
    try {
      return { path, version: await readVersion(path) };
    } catch (error) {
      reasons.push(getReason(error));
    }
  }
  throw new Error(
    'schemathesis needs Python 3.11 or newer with pip: install both (on Debian and Ubuntu: apt-get install python3 ' +
      `python3-pip) and run the tests again (${reasons.join('; ')}).`,
  );
}

/** A command without its arguments, and the folder of its packages. */
export type Schemathesis = { readonly command: readonly [string, ...string[]]; readonly packages: string };

/** Finds schemathesis in the cache, or installs it there in the versions of requirements.txt. */
export async function findSchemathesis(): Promise<Schemathesis> {
  const { path, version } = await findPython();
  const lock = hash('sha256', await readFile(requirements)).slice(0, 12);
  // Packages are compiled for one version of Python.
  const name = `schemathesis-${lock}-python${version}`;
  const packages = toCachePath(env, name);
  const install = async (work: string): Promise<string> => {
    const target = join(work, 'packages');
    const pip = [
      '-m',
      'pip',
      'install',
      '--no-input',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--no-compile',
    ];
    const wheels = ['--only-binary=:all:', '--require-hashes', '--requirement', requirements, '--target', target];
    await run([path, ...pip, ...wheels], { env });
    return target;
  };
  try {
    if (!existsSync(packages)) await fillCache(env, name, install);
  } catch (error) {
    // A parallel installation may have been faster.
    if (!existsSync(packages)) {
      throw new Error(
        `schemathesis could not be installed (${getReason(error)}): give this machine access to PyPI, or set ` +
          'PIP_INDEX_URL to a mirror, and run the tests again.',
        { cause: error },
      );
    }
  }
  // -s leaves out the user's own packages.
  return { command: [path, '-s', '-m', 'schemathesis.cli'], packages };
}
