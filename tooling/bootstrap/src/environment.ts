import { join } from 'node:path';
import { root } from '../run.mjs';

/** Databases, development secrets and caches of this checkout. Git ignores it. */
export const dataDir: string = join(root, '.data');

/** Reads .env, which may be missing. A variable that is set already wins. */
export function loadEnvFile(): void {
  try {
    process.loadEnvFile(join(root, '.env'));
  } catch {
    // The program reads it too, and names a file that cannot be read together with its other issues.
  }
}
