import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('../../..', import.meta.url));

/** What a checkout keeps between runs: data of the engines, development secrets, caches. Git ignores it. */
export const dataDir: string = join(root, '.data');
