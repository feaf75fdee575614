import { join } from 'node:path';
import { DevDatabasesError } from '@plinth/dev-databases';
import { root } from '../run.mjs';

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
