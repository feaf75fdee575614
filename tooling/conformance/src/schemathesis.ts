import { execFile } from 'node:child_process';
import { hash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheDir } from '@plinth/dev-databases';

const runProgram = promisify(execFile);
const requirements = fileURLToPath(new URL('../requirements.txt', import.meta.url));
const getLastLine = (error: unknown): string => (error as Error).message.trim().split('\n').at(-1) ?? '';

type Python = { readonly path: string; readonly version: string };

async function readVersion(path: string): Promise<string> {
  const script = 'import sys, pip; print("%d.%d" % sys.version_info[:2])';
  const version = (await runProgram(path, ['-c', script])).stdout.trim();
  const [major, minor = 0] = version.split('.').map(Number);
  if (major === 3 && minor >= 11) return version;
  throw new Error(`${path} is Python ${version}`);
}

async function installPython(): Promise<void> {
  const script = 'apt-get -qq update && apt-get -qq install -y --no-install-recommends python3 python3-pip';
  await runProgram('sh', ['-c', script], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
}

/** Finds a Python of at least 3.11 with pip. The system's own first: that of a version manager may differ by folder. */
export async function findPython(paths = ['/usr/bin/python3', 'python3'], install = installPython): Promise<Python> {
  const reasons: string[] = [];
  const note = (error: unknown): void => void reasons.push(getLastLine(error));
  const find = async (): Promise<Python | undefined> => {
    for (const path of paths) {
      const version = await readVersion(path).catch(note);
      if (version) return { path, version };
    }
    return undefined;
  };
  const found = (await find()) ?? (await install().then(find, note));
  if (found) return found;
  throw new Error(
    'schemathesis needs Python 3.11 or newer with pip: install both (on Debian and Ubuntu: apt-get install python3 ' +
      `python3-pip) and run the tests again (${reasons.join('; ')}).`,
  );
}

async function installPackages({ path }: Python, folder: string): Promise<void> {
  const work = `${folder}.${randomUUID()}`;
  const pip = ['-m', 'pip', 'install', '--no-input', '--quiet', '--disable-pip-version-check', '--no-deps'];
  const wheels = ['--only-binary=:all:', '--require-hashes', '--requirement', requirements, '--target', work];
  try {
    await runProgram(path, [...pip, ...wheels]);
    // Renamed when complete, so that an interrupted or a parallel installation leaves nothing broken.
    await rename(work, folder);
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    if (existsSync(folder)) return;
    throw new Error(
      `schemathesis could not be installed (${getLastLine(error)}): give this machine access to PyPI, or set ` +
        'PIP_INDEX_URL to a mirror, and run the tests again.',
    );
  }
}

/** A command without its arguments, and the folder of its packages. */
export type Schemathesis = { readonly command: readonly [string, ...string[]]; readonly packages: string };

/** Finds schemathesis in the cache, or installs it there in the versions of requirements.txt. */
export async function findSchemathesis(): Promise<Schemathesis> {
  const python = await findPython();
  const lock = hash('sha256', await readFile(requirements)).slice(0, 12);
  // Packages are compiled for one version of Python.
  const build = `${lock}-python${python.version}-${process.platform}-${process.arch}`;
  const packages = join(cacheDir(process.env), `schemathesis-${build}`);
  if (!existsSync(packages)) await installPackages(python, packages);
  // -s leaves out the user's own packages.
  return { command: [python.path, '-s', '-m', 'schemathesis.cli'], packages };
}
