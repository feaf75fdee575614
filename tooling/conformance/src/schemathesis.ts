import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheDir } from '@plinth/dev-databases';

const runProgram = promisify(execFile);
const requirements = fileURLToPath(new URL('../requirements.txt', import.meta.url));
const lastLine = (error: unknown): string | undefined => (error as Error).message.trim().split('\n').at(-1);

type Python = { readonly path: string; readonly version: string };

async function readVersion(path: string): Promise<string> {
  const script = 'import sys, pip; print("%d.%d" % sys.version_info[:2])';
  const version = (await runProgram(path, ['-c', script])).stdout.trim();
  const [major, minor = 0] = version.split('.').map(Number);
  if (major === 3 && minor >= 11) return version;
  throw new Error(`${path} is Python ${version}`);
}

async function installPython(): Promise<void> {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  await runProgram('apt-get', ['-qq', 'update'], options);
  const names = ['python3', 'python3-pip'];
  await runProgram('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...names], options);
}

/** Finds a Python of at least 3.11 with pip. The system's own first: that of a version manager may differ by folder. */
export async function findPython(paths = ['/usr/bin/python3', 'python3'], install = installPython): Promise<Python> {
  const reasons: string[] = [];
  const find = async (): Promise<Python | undefined> => {
    for (const path of paths) {
      try {
        return { path, version: await readVersion(path) };
      } catch (error) {
        reasons.push(`${lastLine(error)}`);
      }
    }
    return undefined;
  };
  const found =
    (await find()) ?? (await install().then(find, (error: unknown) => void reasons.push(`${lastLine(error)}`)));
  if (found !== undefined) return found;
  throw new Error(
    'schemathesis needs Python 3.11 or newer with pip: install both (on Debian and Ubuntu: apt-get install python3 ' +
      `python3-pip) and run the tests again (${reasons.join('; ')}).`,
  );
}

async function installPackages({ path }: Python, folder: string): Promise<void> {
  // Renamed when complete, so that an interrupted or a parallel installation leaves nothing broken.
  const work = join(cacheDir(process.env), `.fetch-${randomUUID()}`);
  const pip = ['-m', 'pip', 'install', '--no-input', '--quiet', '--disable-pip-version-check', '--no-deps'];
  const wheels = ['--only-binary=:all:', '--require-hashes', '--requirement', requirements, '--target', work];
  try {
    await mkdir(cacheDir(process.env), { recursive: true });
    await runProgram(path, [...pip, ...wheels]);
    await rename(work, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } catch (error) {
    throw new Error(
      `schemathesis could not be installed (${lastLine(error)}): give this machine access to PyPI, or set PIP_INDEX_URL ` +
        'to a mirror, and run the tests again.',
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** A command without its arguments, and the folder of its packages. */
export type Schemathesis = { readonly command: readonly [string, ...string[]]; readonly packages: string };

/** Finds schemathesis in the cache, or installs it there in the versions of requirements.txt. */
export async function findSchemathesis(): Promise<Schemathesis> {
  const python = await findPython();
  const lock = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  // Packages are compiled for one version of Python.
  const name = `schemathesis-${lock}-python${python.version}-${process.platform}-${process.arch}`;
  const packages = join(cacheDir(process.env), name);
  if (!existsSync(packages)) await installPackages(python, packages);
  // -s leaves out the user's own packages.
  return { command: [python.path, '-s', '-m', 'schemathesis.cli'], packages };
}
