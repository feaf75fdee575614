import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const guardScript = fileURLToPath(new URL('./guard.mjs', import.meta.url));

/**
 * Starts a process that ends the added process groups, and deletes the folder, when this process ends or calls `end`.
 * `graceMs` is the time between SIGTERM and SIGKILL.
 * @typedef {ReturnType<typeof createGuard>} Guard
 */
export function createGuard({ graceMs = 10_000, folder = '' } = {}) {
  const guard = spawn(process.execPath, [guardScript, String(graceMs), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  guard.stdin.on('error', () => {});
  guard.unref();
  const ended = once(guard, 'exit').catch(() => {});
  return {
    add: (/** @type {number} */ pid) => guard.stdin.write(`+${pid}\n`),
    remove: (/** @type {number} */ pid) => guard.stdin.write(`-${pid}\n`),
    end: async () => {
      guard.ref();
      guard.stdin.end();
      await ended;
    },
  };
}

/**
 * Runs a command in a process group of its own, so that Ctrl-C does not reach it. The group ends with this process. `ended`
 * resolves with the exit code; `stop` sends SIGTERM, and SIGKILL after the grace.
 * @param {readonly [string, ...string[]]} command
 * @param {import('node:child_process').SpawnOptions & { graceMs?: number }} [options]
 * @returns {{ child: import('node:child_process').ChildProcess, ended: Promise<number>, stop: () => void }}
 */
export function runGuarded([program, ...args], { graceMs, ...options } = {}) {
  const guard = createGuard({ graceMs });
  const child = spawn(program, args, { stdio: 'inherit', ...options, detached: true });
  if (child.pid !== undefined) guard.add(child.pid);
  const exited = new Promise((resolve) => {
    child.once('error', ({ message }) => {
      console.error(`${program} cannot be run: ${message}.`);
      resolve(127);
    });
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
  const ended = exited.then(async (code) => {
    await guard.end();
    return code;
  });
  return { child, ended, stop: () => void guard.end() };
}
