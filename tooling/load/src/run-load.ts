import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from '@plinth/testing/process';
import { type Outcome, outcomeOf, type Summary } from './outcome.ts';
import { makePlan, type Plan } from './plan.ts';
import type { Platform } from './platform.ts';
import type { Bounds, Size } from './profiles.ts';

const script = fileURLToPath(new URL('./script.mjs', import.meta.url));
const flags = ['--quiet', '--no-color', '--no-usage-report', '--address='];

/** Beyond the run itself. */
const spareMs = 5 * 60_000;

export type Load = {
  /** The program. */
  readonly k6: string;
  readonly size: Size;
  /** What must hold; the usual, when it is left out. */
  readonly bounds?: Bounds;
  /** Ends it early. */
  readonly signal?: AbortSignal;
};

/** Runs k6 to its end, whatever that is. @returns what it said. */
const k6Says = async ({ k6, size, signal }: Load, plan: string): Promise<string> => {
  // Nothing else of the environment, in which a proxy may be named; the warden's mark, so that it ends with its tree.
  const { HOME, PLINTH_WARD } = process.env;
  const options = { env: { HOME, PLINTH_WARD }, signal, timeout: size.seconds * 1000 + spareMs };
  const child = startChild([k6, 'run', ...flags, '--env', `PLAN=${plan}`, script], options);
  await child.exited;
  return child.combinedOutput();
};

/** People whom the tenant of the writer has, told by the platform. */
const countPeople = async ({ url, writer, startedAt, tokenMs }: Plan): Promise<number> => {
  const token = writer[Math.min(writer.length - 1, Math.floor((Date.now() - startedAt) / tokenMs))];
  const answer = await fetch(`${url}/v1/users/export`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`The people could not be counted: ${answer.status} ${await answer.text()}`);
  let count = 0;
  for await (const chunk of answer.body ?? []) count += (chunk as Buffer).filter((byte) => byte === 0x0a).length;
  return count;
};

/**
 * Loads a platform. @returns what came of it.
 * @throws when k6 could not be run, or when somebody is missing whose adding was acknowledged.
 */
export const runLoad = async (platform: Platform, load: Load): Promise<Outcome> => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-load-'));
  try {
    const summary = join(folder, 'summary.json');
    const plan = await makePlan(platform, { ...load, summary });
    const path = join(folder, 'plan.json');
    await writeFile(path, JSON.stringify(plan));
    const said = await k6Says(load, path);
    const written = await readFile(summary, 'utf8').catch(() => undefined);
    if (written === undefined) throw new Error(`k6 came to no end.\n${said}`);
    const outcome = outcomeOf(JSON.parse(written) as Summary);
    const stored = await countPeople(plan);
    if (stored >= outcome.added) return outcome;
    throw new Error(
      `${outcome.added} people were added, and there are ${stored}: writes that were acknowledged are lost.`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
