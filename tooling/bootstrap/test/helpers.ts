import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const bootstrap = fileURLToPath(new URL('../../bootstrap.mjs', import.meta.url));

/** Creates a folder that is deleted after the test. */
export async function createTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  return folder;
}

export const direct = [process.execPath, bootstrap];

/** The shell stays the parent of the script, as npm does. */
export const underShell = ['sh', '-c', '"$@"; exit $?', 'sh', ...direct];

/** Starts a script of the root package. */
export function startCommand(args: readonly string[], program = direct, env: NodeJS.ProcessEnv = {}): ChildProcess {
  const [file = '', ...before] = program;
  const child = spawn(file, [...before, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

export const runCommand = (...args: string[]) => runCommandWith({}, ...args);

export const runCommandWith = (env: NodeJS.ProcessEnv, ...args: string[]) =>
  readResult(startCommand(args, direct, env));

/** Runs a script of the root package in another checkout. */
export const runCheckout = (checkout: string, ...args: string[]) =>
  readResult(startCommand(args, [process.execPath, join(checkout, 'tooling/bootstrap.mjs')]));

async function readResult(child: ChildProcess) {
  const exited = once(child, 'exit');
  const [stdout, stderr] = await Promise.all([child.stdout, child.stderr].map((stream) => text(stream as never)));
  const [code] = (await exited) as [number];
  return { code, stdout: stdout ?? '', stderr: stderr ?? '' };
}
