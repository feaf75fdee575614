import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir, EnginesError, output } from '@plinth/engines';
import { findPython, type Python } from './find-python.ts';

/** How schemathesis is run: the command without its arguments, and where its packages are. */
export type Schemathesis = { readonly command: readonly [string, ...string[]]; readonly packages: string };

const requirements = fileURLToPath(new URL('../requirements.txt', import.meta.url));
const installMs = 300_000;

/** Packages are compiled for one Python, so each has a folder of its own, and so has each set of versions. */
const folderOf = async (env: NodeJS.ProcessEnv, { version }: Python): Promise<string> => {
  const lock = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  return join(cacheDir(env), `schemathesis-${lock.slice(0, 12)}-python${version}-${process.platform}-${process.arch}`);
};

const pip = ['-m', 'pip', 'install', '--no-input', '--quiet', '--disable-pip-version-check', '--no-deps'];
const wheels = ['--only-binary=:all:', '--require-hashes', '--requirement', requirements];

/** Installs beside its place and moves it there, so that neither an interruption nor a twin leaves half of it. */
const install = async (python: Python, { env, folder }: { env: NodeJS.ProcessEnv; folder: string }): Promise<void> => {
  const work = join(cacheDir(env), `.fetch-${randomUUID()}`);
  await mkdir(work, { recursive: true });
  try {
    const made = join(work, 'packages');
    await output([python.path, ...pip, ...wheels, '--target', made], { env, timeoutMs: installMs });
    await rename(made, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
    throw new EnginesError(
      `schemathesis could not be installed (${reason}): let this machine reach PyPI, or name a mirror of it with PIP_INDEX_URL, and run the tests again.`,
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

/** Finds schemathesis in the cache or installs it there. @throws an `EnginesError` that says what to do. */
export const findSchemathesis = async (env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<Schemathesis> => {
  const python = await findPython(env, { log });
  const folder = await folderOf(env, python);
  if (!existsSync(folder)) {
    log(`Installing schemathesis (once, into ${cacheDir(env)})…`);
    await install(python, { env, folder });
  }
  // Without the user's own packages: only the locked versions count.
  return { command: [python.path, '-s', '-m', 'schemathesis.cli'], packages: folder };
};
