import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startChild } from '@plinth/testing/process';
import { onTestFinished } from 'vitest';

/** A folder with some files in it, which goes away with the test. */
export const aFolderOf = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
};

/** Runs a program. @returns whether it was content, and what it said. */
export const outcomeOf = async (program: string, args: readonly string[]): Promise<{ ok: boolean; said: string }> => {
  const child = startChild([program, ...args]);
  const [code] = await child.exited;
  return { ok: code === 0, said: child.said() };
};

/** The expressions of a dashboard, as Prometheus sees them. */
export const expressionsOf = (dashboard: string): string[] => {
  const { panels } = JSON.parse(dashboard) as { panels: { targets: { expr: string }[] }[] };
  return panels
    .flatMap(({ targets }) => targets.map(({ expr }) => expr))
    .map((expr) => expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*'));
};
