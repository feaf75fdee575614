import { constants } from 'node:os';
import { keep } from '../dev-databases/src/warden/keep.mjs';

const PARENT_WATCH_MS = 250;
/** Longer than anything below needs: the app drains for up to 12 s, then the engines stop. */
const GRACE_MS = 30_000;

/**
 * Runs one command after the other under a warden, and ends the running one when this process is asked to stop or
 * loses its parent: npm dies of a signal without passing it on.
 */
export function createRunner(root) {
  const running = new Set();
  let stopSignal;
  const stop = (signal) => {
    stopSignal ??= signal;
    for (const kept of running) kept.end();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, stop);
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) stop('SIGTERM');
  }, PARENT_WATCH_MS);

  async function start(command, options) {
    if (stopSignal !== undefined) throw new Error(`Stopped by ${stopSignal}.`);
    const kept = keep({ command, cwd: root, graceMs: GRACE_MS, ...options });
    running.add(kept);
    let output = '';
    for (const stream of [kept.stdout, kept.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk) => {
        output += chunk;
      });
    }
    const code = await kept.ended;
    running.delete(kept);
    return { code, output };
  }

  const runner = {
    get stopped() {
      return stopSignal !== undefined;
    },
    exitCode: (code) => (stopSignal === undefined ? code : 128 + constants.signals[stopSignal]),
    /** With the terminal's output; resolves with the exit code. */
    run: async (command, options) => (await start(command, options)).code,
    /** Silent unless it fails; then its output is the error. */
    capture: async (command, options) => {
      const { code, output } = await start(command, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
      if (code !== 0) throw new Error(`${output.trim()}\n"${command.join(' ')}" failed with exit code ${code}.`.trim());
      return output;
    },
    close: () => {
      clearInterval(watch);
      for (const signal of signals) process.off(signal, stop);
    },
  };
  return runner;
}
