import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access, chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGuard } from '../guard/index.mjs';

export type FindOptions = { env: NodeJS.ProcessEnv; log?: ((line: string) => void) | undefined };

/** `work` is a folder to download into, which is deleted afterwards. */
export type Workplace = { env: NodeJS.ProcessEnv; work: string };

export type Download = {
  from: string;
  /** The name of the program in the cache. */
  name: string;
  /** Returns the path of the downloaded program, or throws the reason when the source has none. */
  run(workplace: Workplace): Promise<string>;
};

export type Program = { names: readonly [string, ...string[]]; downloads: readonly Download[]; advice: string };

/** Returns the path of a program that is on PATH, cached or downloaded. */
export async function findProgram({ names, downloads, advice }: Program, { env, log }: FindOptions): Promise<string> {
  const [program] = names;
  const found = await findOnPath(env, ...names);
  if (found !== undefined) return found;
  for (const path of downloads.map(({ name }) => toCachePath(env, name))) {
    if (await isIntact(path)) return path;
  }
  log?.(`Downloading ${program} (once, into ${cacheDir(env)})…`);
  const reasons: string[] = [];
  for (const { from, name, run: download } of downloads) {
    try {
      return await downloadIntoCache(env, name, download);
    } catch (error) {
      reasons.push(`${from}: ${getReason(error)}`);
    }
  }
  throw new Error(
    `${program} is neither on PATH nor in ${cacheDir(env)}, and cannot be downloaded (${reasons.join('; ')}): ${advice}.`,
  );
}

export const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

const toHashPath = (path: string): string => `${path}.sha256`;
/** The programs of the cache that this process has verified. */
const verified = new Set<string>();

/** Returns whether a program of the cache has the hash that it had when it was downloaded. */
async function isIntact(path: string): Promise<boolean> {
  if (verified.has(path)) return true;
  const expected = await readFile(toHashPath(path), 'utf8').catch(() => undefined);
  if (expected === undefined || !(await isExecutable(path)) || (await hashFile(path)) !== expected) return false;
  verified.add(path);
  return true;
}

/** Returns the path of the first of the programs that PATH has. */
export async function findOnPath(env: NodeJS.ProcessEnv, ...programs: string[]): Promise<string | undefined> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const path of programs.flatMap((program) => folders.map((folder) => join(folder, program)))) {
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

/** Outside of the checkout, so that all checkouts share the programs. */
export function cacheDir(env: NodeJS.ProcessEnv): string {
  return env['PLINTH_CACHE_DIR'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'plinth');
}

export const toCachePath = (env: NodeJS.ProcessEnv, program: string): string =>
  join(cacheDir(env), `${program}-${process.platform}-${process.arch}`);

/** Moves the file or folder that `fill` returns into the cache, so that the cache has nothing incomplete. */
export async function fillCache(env: NodeJS.ProcessEnv, name: string, fill: (work: string) => Promise<string>) {
  const work = join(cacheDir(env), `.fetch-${randomUUID()}`);
  const guard = createGuard({ folder: work });
  try {
    await mkdir(work, { recursive: true, mode: 0o700 });
    const filled = await fill(work);
    const path = toCachePath(env, name);
    await rename(filled, path);
    return path;
  } finally {
    await guard.end();
  }
}

/** Moves a program into the cache, with its hash beside it, once `--version` has run. */
export const downloadIntoCache = (env: NodeJS.ProcessEnv, program: string, download: Download['run']) =>
  fillCache(env, program, async (work) => {
    const file = await download({ env, work });
    await chmod(file, 0o755);
    await run([file, '--version'], { env });
    await writeFile(toHashPath(toCachePath(env, program)), await hashFile(file));
    return file;
  });

/** The last line of the error output of a command. */
export const getReason = (error: unknown): string => (error as Error).message.trim().split('\n').at(-1) ?? '';

const execute = promisify(execFile);

type RunOptions = { env: NodeJS.ProcessEnv; cwd?: string; timeout?: number };

/** Returns the standard output of a command. Rejects with its error output when it fails or takes too long. */
export async function run([program, ...args]: readonly [string, ...string[]], options: RunOptions): Promise<string> {
  try {
    return (await execute(program, args, { timeout: 300_000, ...options })).stdout;
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new Error(`${program} is not installed`) : error;
  }
}

const aptOptions = '-qq -o Acquire::Retries=0 -o Acquire::http::Timeout=10 -o APT::Sandbox::User=root'.split(' ');

/** Runs apt-get in the folder of the download. */
export const runApt = ({ env, work }: Workplace, ...args: string[]): Promise<string> =>
  run(['apt-get', ...aptOptions, ...args], { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, cwd: work });
