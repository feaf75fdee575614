import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { text } from 'node:stream/consumers';
import { runGuarded } from '../dev-databases/src/guard/index.mjs';

const PARENT_POLL_MS = 250;
/** Longer than a service drains and the databases take to stop. */
const GRACE_MS = 30_000;

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
 */
export function createRunner(cwd) {
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
  }, PARENT_POLL_MS);

  const start = (command, options) => {
    if (stopSignal !== undefined) throw new Error(`Stopped by ${stopSignal}.`);
    const guarded = runGuarded(command, { cwd, graceMs: GRACE_MS, ...options });
    running.add(guarded);
    void guarded.ended.then(() => running.delete(guarded));
    return guarded;
  };

  return {
    get isStopped() {
      return stopSignal !== undefined;
    },
    start,
    stop,
    exitCode: (code) => (stopSignal === undefined ? code : 128 + constants.signals[stopSignal]),
    /** Resolves with the exit code. */
    run: (command, options) => start(command, options).ended,
    /** Resolves with the output. Rejects with it when the command fails. */
    capture: async (command, options) => {
      const { child, ended } = start(command, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
      const [code, ...outputs] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
      const output = outputs.join('\n').trim();
      if (code !== 0) throw new Error(`${output}\n"${command.join(' ')}" failed with exit code ${code}.`.trim());
      return output;
    },
    close: () => {
      clearInterval(poll);
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
