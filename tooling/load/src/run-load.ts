import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { v7 as newId } from 'uuid';
import type { Size } from './options.ts';
import type { Platform, TokenUser } from './platform.ts';

const script = fileURLToPath(new URL('./script.mjs', import.meta.url));
/** k6 exits with this code when a threshold was crossed. */
const thresholdsCrossed = 99;
/** Shorter than the validity of a token, so that no token expires during a request. */
const tokenMs = 10 * 60_000;
/** The time for the start and the graceful stop of a run. */
const marginMs = 2 * 60_000;
const usersToRead = 200;

export type LoadOptions = {
  /** The command that runs k6. */
  readonly k6: readonly [string, ...string[]];
  readonly size: Size;
  /** Multiplies the thresholds of response times; by default 1. */
  readonly latencyFactor?: number;
  /** Ends the run early. */
  readonly signal?: AbortSignal;
};

/** `created` counts the users whose creation was acknowledged. */
export type Outcome = { readonly hasCrossedThreshold: boolean; readonly created: number };

/** Counts the users of a tenant apart from the owner of the token. */
const countUsers = async (url: string, token: string, owner: TokenUser): Promise<number> => {
  const response = await fetch(`${url}/v1/users/export`, { headers: { authorization: `Bearer ${token}` } });
  const text = await response.text();
  if (!response.ok) throw new Error(`The users could not be exported: ${response.status} ${text}`);
  return text.split('\n').filter((line) => line !== '' && !line.includes(owner.id)).length;
};

/**
 * Adds users to a platform and loads it with k6, which prints its summary.
 * @throws when k6 fails, or when a user is missing whose creation was acknowledged.
 */
export const runLoad = async (platform: Platform, options: LoadOptions): Promise<Outcome> => {
  const { k6, size, latencyFactor = 1, signal } = options;
  const folder = await mkdtemp(join(tmpdir(), 'plinth-load-'));
  const [planFile, summaryFile] = [join(folder, 'plan.json'), join(folder, 'summary.json')];
  const owner: TokenUser = { id: newId(), tenantId: newId(), role: 'owner' };
  const durationMs = size.seconds * 1000 + marginMs;
  const startedAt = Date.now();
  const tokenTimes = Array.from({ length: Math.ceil(durationMs / tokenMs) }, (_, index) => startedAt + index * tokenMs);
  try {
    const tokens = await Promise.all(tokenTimes.map((from) => platform.createToken(owner, new Date(from))));
    const ids = await platform.addUsers(owner.tenantId, usersToRead);
    const plan = { url: platform.url, ...size, latencyFactor, ids, tokens, startedAt, tokenMs };
    await writeFile(planFile, JSON.stringify(plan));
    const [program, ...args] = k6;
    const flags = ['--quiet', '--no-usage-report', '--address=', `--summary-export=${summaryFile}`];
    const child = spawn(program, [...args, 'run', ...flags, '--env', `PLAN=${planFile}`, script], {
      // k6 must not send requests to this machine through a proxy.
      env: { ...process.env, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: durationMs,
    });
    signal?.addEventListener('abort', () => child.kill(), { once: true });
    const [code] = await once(child, 'exit');
    if (code !== 0 && code !== thresholdsCrossed) throw new Error(`k6 exited with ${code ?? 'a signal'}; see above.`);
    const { metrics } = JSON.parse(await readFile(summaryFile, 'utf8'));
    const created: number = metrics.users_created?.count ?? 0;
    const stored = (await countUsers(platform.url, await platform.createToken(owner), owner)) - usersToRead;
    if (stored >= created) return { hasCrossedThreshold: code === thresholdsCrossed, created };
    throw new Error(`Acknowledged writes are lost: ${created} users were created, but only ${stored} are stored.`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
