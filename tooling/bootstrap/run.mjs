import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { runGuarded } from '../dev-databases/src/guard/index.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const parentPollMs = 250;
/** Longer than a service drains and the databases take to stop. */
const commandGraceMs = 30_000;

/** Returns whether npm ended before this process could look: then process 1 has adopted it. In a container, npm may be process 1. */
function isOrphan() {
  if (process.ppid !== 1 || process.env.npm_lifecycle_event === undefined) return false;
  try {
    return !readFileSync('/proc/1/cmdline', 'utf8').startsWith('npm');
  } catch {
    return false;
  }
}

/**
 * Runs commands, and ends the running ones when this process receives a signal or loses its parent: npm does not pass on the
 * signal that ends it.
 * @typedef {ReturnType<typeof createRunner>} Runner
 */
export function createRunner() {
  const running = new Set();
  let stopSignal;
  const stop = () => {
    for (const command of running) command.stop();
  };
  const onSignal = (signal) => {
    if (running.size === 0) process.exit(128 + constants.signals[signal]);
    stopSignal ??= signal;
    stop();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, onSignal);
  const parent = isOrphan() ? 0 : process.ppid;
  const poll = setInterval(() => {
    if (process.ppid !== parent) onSignal('SIGTERM');
  }, parentPollMs);

  /** @type {typeof runGuarded} */
  const start = (command, options) => {
    if (stopSignal !== undefined) throw new Error(`Stopped by ${stopSignal}.`);
    const guarded = runGuarded(command, { cwd: root, graceMs: commandGraceMs, ...options });
    running.add(guarded);
    void guarded.ended.then(() => running.delete(guarded));
    return guarded;
  };

  return {
    /** Whether a signal has ended the running commands. */
    isStopped: () => stopSignal !== undefined,
    start,
    stop,
    /** Resolves with the exit code and the output. The signal ends the command. */
    capture: async (command, { signal, ...options }) => {
      const { child, ended, stop: end } = start(command, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
      signal?.addEventListener('abort', end);
      const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
      return { code, stdout, stderr };
    },
    /** Returns the code, or that of the signal. */
    exitCode: (/** @type {number} */ code) => (stopSignal === undefined ? code : 128 + constants.signals[stopSignal]),
    close: () => {
      clearInterval(poll);
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

/**
 * Runs the commands of `body`, and prints its error. Resolves with the exit code.
 * @param {(runner: Runner) => Promise<number>} body
 */
export async function withRunner(body) {
  const runner = createRunner();
  try {
    return runner.exitCode(await body(runner));
  } catch (error) {
    // Other errors have a message for the terminal; this one is a fault of the program.
    const isFault = error instanceof TypeError && error.code === undefined;
    if (!runner.isStopped()) console.error(isFault ? error : error.message);
    return runner.exitCode(1);
  } finally {
    runner.close();
  }
}
