import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from '@plinth/testing/process';
import type { K6Command } from './k6-command.ts';
import type { Size, Thresholds } from './k6-options.ts';
import { type Outcome, readOutcome, type Summary } from './outcome.ts';
import { createPlan, type Plan } from './plan.ts';
import type { Platform } from './platform.ts';

const script = fileURLToPath(new URL('./script.mjs', import.meta.url));
const flags = ['--quiet', '--no-color', '--no-usage-report', '--address='];

/** For the start and the graceful stop of a run. */
const spareMs = 5 * 60_000;

export type LoadOptions = {
  readonly k6: K6Command;
  readonly size: Size;
  readonly thresholds?: Thresholds;
  /** Ends the run early. */
  readonly signal?: AbortSignal;
};

/** Counts the users in the writer's tenant. */
const countUsers = async ({ url, writer, startedAt, tokenMs }: Plan): Promise<number> => {
  const token = writer[Math.min(writer.length - 1, Math.floor((Date.now() - startedAt) / tokenMs))];
  const response = await fetch(`${url}/v1/users/export`, { headers: { authorization: `Bearer ${token}` } });
  const text = await response.text();
  if (!response.ok) throw new Error(`The users could not be exported: ${response.status} ${text}`);
  return text.split('\n').length - 1;
};

/** Loads a platform with k6. @throws when k6 fails, or when a user is missing whose creation was acknowledged. */
export const runLoad = async (platform: Platform, { k6, size, signal, ...rest }: LoadOptions): Promise<Outcome> => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-load-'));
  try {
    const [planFile, summary] = [join(folder, 'plan.json'), join(folder, 'summary.json')];
    const plan = await createPlan(platform, { size, summary, ...rest });
    await writeFile(planFile, JSON.stringify(plan));
    const command = [...k6([dirname(script), folder]), 'run', ...flags, '--env', `PLAN=${planFile}`, script];
    // No proxy stands between k6 and this machine.
    const env = { ...process.env, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' };
    const child = startChild(command, { env, signal, timeout: size.seconds * 1000 + spareMs });
    await child.exited;
    const written = await readFile(summary, 'utf8').catch(() => undefined);
    if (written === undefined) throw new Error(`k6 wrote no summary.\n${child.combinedOutput()}`);
    const outcome = readOutcome(JSON.parse(written) as Summary);
    const stored = await countUsers(plan);
    if (stored >= outcome.created) return outcome;
    throw new Error(`Acknowledged writes are lost: ${outcome.created} users were created, ${stored} are stored.`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
