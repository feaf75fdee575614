import { text } from 'node:stream/consumers';
import { keep } from './warden/keep.mjs';

type OutputOptions = { env: NodeJS.ProcessEnv; timeoutMs?: number };

/** What a command prints. Rejects with its output when it fails or takes too long; ends with this process. */
export async function output(command: readonly [string, ...string[]], options: OutputOptions): Promise<string> {
  const { env, timeoutMs = 60_000 } = options;
  const kept = keep({ command, env, graceMs: 2000, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => void kept.end(), timeoutMs);
  const [exitCode, stdout, stderr] = await Promise.all([
    kept.ended,
    kept.stdout === null ? '' : text(kept.stdout),
    kept.stderr === null ? '' : text(kept.stderr),
  ]);
  clearTimeout(timer);
  if (exitCode === 0) return stdout;
  throw new Error(stderr.trim() || stdout.trim() || `${command[0]} failed with exit code ${exitCode}`);
}
