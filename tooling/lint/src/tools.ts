import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

export type Outcome = { code: number; output: string };

/** Runs a tool of the root's node_modules/.bin in `cwd`, offline and without colours. */
export async function runTool(
  root: string,
  { tool, args, cwd = root }: { tool: string; args: string[]; cwd?: string },
): Promise<Outcome> {
  const env = { ...process.env, NO_COLOR: '1', TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  const child = spawn(join(root, 'node_modules/.bin', tool), args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output: stripVTControlCharacters(output) }));
  });
}

/** The number that a tool gives for what it has looked at; none if it does not say. */
export function countIn(output: string, pattern: RegExp): number {
  return Number(pattern.exec(output)?.[1] ?? 0);
}
