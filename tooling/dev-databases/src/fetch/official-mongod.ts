import { fileURLToPath } from 'node:url';
import type { FetchPlace } from '../cache.ts';
import { output } from '../output.ts';

const SCRIPT = fileURLToPath(new URL('./download-mongod.ts', import.meta.url));
const TIMEOUT_MS = 300_000;

/** MongoDB's own download for this distribution, in a process of its own that can be ended when it hangs. */
export async function fetchOfficialMongod({ env, work }: FetchPlace): Promise<string> {
  const printed = await output([process.execPath, SCRIPT, work], { env, timeoutMs: TIMEOUT_MS });
  return printed.trim().split('\n').at(-1) ?? '';
}
