import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from '@plinth/testing/process';
import { onTestFinished } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));

/** Copies rules and dashboards to a temporary folder and adds files. JSON is valid YAML. */
export async function createFolder(files: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'plinth-test-'));
  onTestFinished(() => rm(copy, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  for (const name of ['rules', 'dashboards']) await cp(join(folder, name), join(copy, name), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await writeFile(join(copy, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return copy;
}

/** Runs a program until it exits. */
export async function run(program: string, ...args: string[]): Promise<{ ok: boolean; output: string }> {
  const child = startChild([program, ...args]);
  const [code] = await child.exited;
  return { ok: code === 0, output: child.combinedOutput() };
}

/** Returns the expressions of a dashboard, as Grafana sends them. */
export const getExpressions = (dashboard: string): string[] => {
  const { panels } = JSON.parse(dashboard) as { panels: { targets: { expr: string }[] }[] };
  const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  return expressions.map((expr) =>
    expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*').replaceAll('$module', 'users'),
  );
};
