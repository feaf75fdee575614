import { spawn } from 'node:child_process';
import { once } from 'node:events';

export type Started = {
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<number | null>;
  readonly kill: (signal: NodeJS.Signals) => void;
};

export type StartOptions = {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whom the process runs as; nobody can become another user but root. */
  readonly user: { readonly uid: number; readonly gid: number };
};

/** Starts a command with nothing but what it is given. */
export function start([program = '', ...args]: readonly string[], { cwd, env, user }: StartOptions): Started {
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], ...(isRoot() && user) });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
  return { output, ended, kill: (signal) => void child.kill(signal) };
}

export const isRoot = (): boolean => process.getuid?.() === 0;
