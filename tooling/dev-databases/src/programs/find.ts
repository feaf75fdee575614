import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chmod, mkdir, readdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DevDatabasesError, getMessage } from '../errors.ts';
import { createGuard, runGuarded } from '../guard/index.mjs';

export type FindOptions = { env: NodeJS.ProcessEnv; log?: ((line: string) => void) | undefined };

/** One source of a program. `find` returns undefined, or throws the reason, when the source has none. */
export type Source = { name: string; downloads?: boolean; find(): Promise<string | undefined> };

type Search = FindOptions & { program: string; advice: string };

/** Returns the path from the first source that has the program. A `DevDatabasesError` of a source ends the search. */
export async function findFirst(sources: readonly Source[], { env, log, program, advice }: Search): Promise<string> {
  const reasons: string[] = [];
  let isAnnounced = false;
  for (const { name, downloads = false, find } of sources) {
    if (downloads && !isAnnounced) log?.(`Downloading ${program} (once, into ${cacheDir(env)})…`);
    isAnnounced ||= downloads;
    try {
      const path = await find();
      if (path !== undefined) return path;
      reasons.push(`${name}: none`);
    } catch (error) {
      if (error instanceof DevDatabasesError) throw error;
      reasons.push(`${name}: ${getMessage(error).trim().split('\n').at(-1)}`);
    }
  }
  throw new DevDatabasesError(`${program} was not found: ${advice} (tried ${reasons.join('; ')}).`);
}

export const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

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

const suffix = `-${process.platform}-${process.arch}`;

/** Returns the newest cached version of a program. */
export async function findCached(env: NodeJS.ProcessEnv, program: string): Promise<string | undefined> {
  const names = (await readdir(cacheDir(env)).catch(() => []))
    .filter((name) => name.startsWith(`${program}-`) && name.endsWith(suffix))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  for (const path of names.map((name) => join(cacheDir(env), name))) if (await isExecutable(path)) return path;
  return undefined;
}

/** A folder to download into, which is deleted afterwards. */
export type Workplace = { env: NodeJS.ProcessEnv; work: string };

type Download = { env: NodeJS.ProcessEnv; program: string; download: (workplace: Workplace) => Promise<string> };

/** Downloads a program and moves it into the cache once `--version` has run, so that the cache has no broken file. */
export async function downloadIntoCache({ env, program, download }: Download): Promise<string> {
  const work = join(cacheDir(env), `.fetch-${randomUUID()}`);
  const guard = createGuard({ folder: work });
  try {
    await mkdir(work, { recursive: true });
    const file = await download({ env, work });
    await chmod(file, 0o755);
    const version = /v(?:=|ersion )?(\d+\.\d+\.\d+)/.exec(await output([file, '--version'], { env }))?.[1];
    const path = join(cacheDir(env), `${program}-${version ?? 'unknown'}${suffix}`);
    await rename(file, path);
    return path;
  } finally {
    await guard.end();
  }
}

type OutputOptions = { env: NodeJS.ProcessEnv; cwd?: string; timeoutMs?: number };

/** Returns the standard output of a command. Rejects with its output when it fails or takes too long. */
export async function output(command: readonly [string, ...string[]], options: OutputOptions): Promise<string> {
  const { timeoutMs = 60_000, ...place } = options;
  const { child, ended, stop } = runGuarded(command, { ...place, graceMs: 2000, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(stop, timeoutMs);
  const read = (stream: typeof child.stdout) => (stream === null ? '' : text(stream));
  const [code, stdout, stderr] = await Promise.all([ended, read(child.stdout), read(child.stderr)]);
  clearTimeout(timer);
  if (code === 0) return stdout;
  throw new Error(stderr.trim() || stdout.trim() || `${command[0]} failed with exit code ${code}`);
}

/** The sources that every program can have. */
export const createSources = (env: NodeJS.ProcessEnv, program: string, ...others: string[]) => ({
  path: { name: `${[program, ...others].join(' or ')} on PATH`, find: () => findOnPath(env, program, ...others) },
  cache: { name: `the cache (${cacheDir(env)})`, find: () => findCached(env, program) },
  download: (name: string, download: Download['download']): Source => ({
    name,
    downloads: true,
    find: () => downloadIntoCache({ env, program, download }),
  }),
});

const settings = '-qq -o Acquire::Retries=0 -o Acquire::http::Timeout=10 -o APT::Sandbox::User=root'.split(' ');

/** Runs `apt-get` once for each list of arguments. Outdated package lists are tolerated, an unreachable source too. */
export async function runApt({ env, work }: Workplace, ...steps: readonly string[][]): Promise<void> {
  const apt = await findOnPath(env, 'apt-get');
  if (apt === undefined) throw new Error('this system has no apt-get');
  const options = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, cwd: work, timeoutMs: 120_000 };
  for (const step of steps) {
    const run = output([apt, ...settings, ...step], options);
    await (step[0] === 'update' ? run.catch(() => undefined) : run);
  }
}
