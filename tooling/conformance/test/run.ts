import { appendFile, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '@plinth/testing/process';
import type { Schemathesis } from './schemathesis.ts';

export type FuzzOptions = {
  readonly url: string;
  readonly token: string;
  /** The OpenAPI document. */
  readonly reference: object;
  /** Ids of products, orders and users of the tenant. */
  readonly ids: readonly string[];
  readonly seed: number;
  readonly phases: readonly ('examples' | 'coverage' | 'fuzzing' | 'stateful')[];
  /** Cases of each operation and phase, in addition to those that its schemas imply. */
  readonly examples: number;
  /** The ids of operations that the phase `coverage` leaves out. */
  readonly withoutCoverage?: readonly string[];
};

/** The report of schemathesis. */
export type Report = {
  /** 0 after a complete run without failures. */
  readonly exit_code: number;
  /** `tested` counts the operations with at least one case. */
  readonly operations: { readonly tested: number; readonly errored: number; readonly skipped: number } | null;
  readonly test_cases: { readonly generated: number };
  readonly failures: readonly { readonly title: string; readonly operations: readonly string[] }[];
};

const runTimeoutMs = 14 * 60_000;

const toOperationSettings = (ids: readonly string[]): string =>
  `\n[[operations]]\ninclude-operation-id = ${JSON.stringify(ids)}\nphases.coverage.enabled = false\n`;

/** Calls every operation of a reference. Returns the report, with the output of schemathesis. */
export async function fuzz(
  { command, packages }: Schemathesis,
  { url, token, reference, ids, seed, phases, examples, withoutCoverage = [] }: FuzzOptions,
): Promise<Report & { readonly output: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-conformance-'));
  try {
    const copy = (name: string) => copyFile(new URL(name, import.meta.url), join(folder, name));
    await Promise.all(['schemathesis.toml', 'hooks.py'].map(copy));
    if (withoutCoverage.length > 0)
      await appendFile(join(folder, 'schemathesis.toml'), toOperationSettings(withoutCoverage));
    await writeFile(join(folder, 'openapi.json'), JSON.stringify(reference));
    await writeFile(join(folder, 'ids.txt'), ids.map((id) => `"${id}"\n`).join(''));
    // Nothing else of the environment, which may name a proxy.
    const env = { HOME: process.env['HOME'], PYTHONPATH: packages, PLINTH_TOKEN: token, NO_COLOR: '1' };
    const options = ['--url', url, '--seed', `${seed}`, '--phases', phases.join(','), '--max-examples', `${examples}`];
    const child = startChild([...command, 'run', 'openapi.json', ...options], {
      env,
      cwd: folder,
      timeout: runTimeoutMs,
    });
    await child.exited;
    const report = await readFile(join(folder, 'report.json'), 'utf8').catch(() => undefined);
    if (report === undefined) throw new Error(`schemathesis made no report.\n${child.combinedOutput()}`);
    return { ...(JSON.parse(report) as Report), output: child.combinedOutput() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
