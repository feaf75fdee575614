import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isExecutable } from './lookup.ts';
import { output } from './output.ts';

/** Fetched programs lie outside the checkout, so that they survive it and serve all checkouts. */
export function cacheDir(env: NodeJS.ProcessEnv): string {
  return env['PLINTH_CACHE_DIR'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'plinth');
}

const suffix = `-${process.platform}-${process.arch}`;

/** The newest cached version of a program. */
export async function cached(env: NodeJS.ProcessEnv, program: string): Promise<string | undefined> {
  const names = (await readdir(cacheDir(env)).catch(() => []))
    .filter((name) => name.startsWith(`${program}-`) && name.endsWith(suffix))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  for (const name of names) {
    const path = join(cacheDir(env), name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

/** A folder to fetch into, which goes afterwards. */
export type FetchPlace = { env: NodeJS.ProcessEnv; work: string };

type Fetch = { env: NodeJS.ProcessEnv; program: string; fetch: (place: FetchPlace) => Promise<string> };

/**
 * Runs `fetch` with a folder of its own in the cache and keeps the program that it names. The program must run here
 * (`--version`) before it moves to its name, so an interrupted fetch, or two at once, leave nothing broken behind.
 */
export async function fetchIntoCache({ env, program, fetch }: Fetch): Promise<string> {
  const work = join(cacheDir(env), `.fetch-${randomUUID()}`);
  await mkdir(work, { recursive: true });
  await removeAbandoned(cacheDir(env));
  try {
    const file = await fetch({ env, work });
    await chmod(file, 0o755);
    const version = /v(?:=|ersion )?(\d+\.\d+\.\d+)/.exec(await output([file, '--version'], { env }))?.[1];
    const path = join(cacheDir(env), `${program}-${version ?? 'unknown'}${suffix}`);
    await rename(file, path);
    return path;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const ABANDONED_MS = 3_600_000;

/** A fetch that was killed could not tidy up. */
async function removeAbandoned(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const path = join(dir, name);
    if (!name.startsWith('.fetch-')) continue;
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(path, { recursive: true, force: true });
  }
}
