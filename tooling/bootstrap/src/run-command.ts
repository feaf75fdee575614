import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DevDatabasesError } from '@plinth/dev-databases';
import { createRunner, type Runner } from '../run.mjs';

export const root: string = fileURLToPath(new URL('../../..', import.meta.url));

/** Databases, development secrets and caches of this checkout. Git ignores it. */
export const dataDir: string = join(root, '.data');

/** Reads .env, which may be missing. A variable that is set already wins. */
export function loadEnvFile(folder = root): void {
  const file = join(folder, '.env');
  try {
    process.loadEnvFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new DevDatabasesError(`${file} cannot be read. Make it a readable text file, or remove it.`);
  }
}

/** Runs a root command and exits with its code. Guards end what it has started. */
export async function runCommand(body: (runner: Runner) => Promise<number>): Promise<never> {
  const runner = createRunner(root);
  try {
    process.exit(runner.exitCode(await body(runner)));
  } catch (error) {
    console.error(error instanceof DevDatabasesError ? error.message : error);
    process.exit(1);
  }
}
