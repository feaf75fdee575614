import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { v7 as newId } from 'uuid';
import type { K6Command } from './k6-command.ts';
import type { Size } from './options.ts';
import { createUsers, type Platform } from './platform.ts';

const script = fileURLToPath(new URL('./script.mjs', import.meta.url));
/** k6 exits with this code when a threshold was crossed. */
const thresholdsCrossed = 99;
/** Shorter than the validity of a token, so that no token expires during a request. */
const tokenMs = 10 * 60_000;
/** The time for the start and the graceful stop of a run. */
const marginMs = 2 * 60_000;
const usersToRead = 200;

export type LoadOptions = {
  readonly k6: K6Command;
  readonly size: Size;
  /** Multiplies the thresholds of response times; by default 1. */
  readonly latencyFactor?: number;
  /** Ends the run early. */
  readonly signal?: AbortSignal;
};

/** `created` counts the users whose creation was acknowledged. */
export type Outcome = { readonly hasCrossedThreshold: boolean; readonly created: number };

/** Adds users to a platform and returns the input of `script.mjs`. Reads and writes use separate tenants. */
const createPlan = async (platform: Platform, { size, latencyFactor = 1 }: LoadOptions) => {
  const startedAt = Date.now();
  const times = Array.from({ length: Math.ceil((size.seconds * 1000 + marginMs) / tokenMs) }, (_, index) => {
    return new Date(startedAt + index * tokenMs);
  });
  const createTokens = () => {
    const owner = { id: newId(), tenantId: newId(), role: 'owner' } as const;
    return Promise.all(times.map((from) => platform.createToken(owner, from)));
  };
  const [reader, writer] = await Promise.all([createTokens(), createTokens()]);
  const headers = { authorization: `Bearer ${reader[0]}` };
  const ids = await createUsers(platform.url, { headers, count: usersToRead });
  return { url: platform.url, ...size, latencyFactor, ids, reader, writer, startedAt, tokenMs };
};

type Plan = Awaited<ReturnType<typeof createPlan>>;

/** Counts the users in the writer's tenant. */
const countUsers = async ({ url, writer, startedAt }: Plan): Promise<number> => {
  const token = writer[Math.min(writer.length - 1, Math.floor((Date.now() - startedAt) / tokenMs))];
  const response = await fetch(`${url}/v1/users/export`, { headers: { authorization: `Bearer ${token}` } });
  const text = await response.text();
  if (!response.ok) throw new Error(`The users could not be exported: ${response.status} ${text}`);
  return text.split('\n').length - 1;
};

/**
 * Loads a platform with k6, which prints its summary.
 * @throws when k6 fails, or when a user is missing whose creation was acknowledged.
 */
export const runLoad = async (platform: Platform, options: LoadOptions): Promise<Outcome> => {
  const { k6, size, signal } = options;
  const folder = await mkdtemp(join(tmpdir(), 'plinth-load-'));
  try {
    const [planFile, summaryFile] = [join(folder, 'plan.json'), join(folder, 'summary.json')];
    const plan = await createPlan(platform, options);
    await writeFile(planFile, JSON.stringify(plan));
    const flags = ['--quiet', '--no-usage-report', '--address=', `--summary-export=${summaryFile}`];
    const [program = '', ...args] = k6([dirname(script), folder]);
    const child = spawn(program, [...args, 'run', ...flags, '--env', `PLAN=${planFile}`, script], {
      // k6 must not send requests to this machine through a proxy.
      env: { ...process.env, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: size.seconds * 1000 + marginMs,
    });
    signal?.addEventListener('abort', () => child.kill(), { once: true });
    const [code] = await once(child, 'exit');
    if (code !== 0 && code !== thresholdsCrossed) throw new Error(`k6 exited with ${code ?? 'a signal'}; see above.`);
    const { metrics } = JSON.parse(await readFile(summaryFile, 'utf8'));
    const created: number = metrics.users_created?.count ?? 0;
    const stored = await countUsers(plan);
    if (stored >= created) return { hasCrossedThreshold: code === thresholdsCrossed, created };
    throw new Error(`Acknowledged writes are lost: ${created} users were created, but only ${stored} are stored.`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
