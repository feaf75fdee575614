import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from '@plinth/testing/process';
import { configurationOf, type Fuzz } from './configuration.ts';
import { type Reference, withStreamsAsArrays } from './reference.ts';
import { type Report, readReport } from './report.ts';
import type { Schemathesis } from './schemathesis.ts';

export type Target = {
  /** Where the platform is. */
  readonly url: string;
  /** As whom it is called. */
  readonly token: string;
  /** What it says of itself. */
  readonly reference: Reference;
};

const runMs = 14 * 60_000;
const hooks = fileURLToPath(new URL('./hooks.py', import.meta.url));

/**
 * Tries every operation of a reference on the platform that it is of.
 * @returns what was found, with all that schemathesis said about it.
 * @throws when it could not be run at all.
 */
export const fuzzPlatform = async (
  { command, packages }: Schemathesis,
  { url, token, reference }: Target,
  fuzz: Fuzz,
): Promise<Report & { readonly output: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-conformance-'));
  try {
    await writeFile(join(folder, 'openapi.json'), JSON.stringify(withStreamsAsArrays(reference)));
    await writeFile(join(folder, 'schemathesis.toml'), configurationOf(reference, fuzz));
    await copyFile(hooks, join(folder, 'hooks.py'));
    // Nothing else of the environment: a proxy that it names would stand before the platform.
    const env = { HOME: process.env['HOME'], PYTHONPATH: packages, PLINTH_TOKEN: token, NO_COLOR: '1' };
    const options = { env, cwd: folder, timeout: runMs };
    const child = startChild([...command, 'run', 'openapi.json', '--url', url], options);
    await child.exited;
    const output = child.said();
    const report = await readFile(join(folder, 'report.json'), 'utf8').catch(() => undefined);
    if (report === undefined) throw new Error(`schemathesis made no report.\n${output}`);
    return { ...readReport(report), output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
