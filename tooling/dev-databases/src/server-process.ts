import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { DatabaseProcess, StartOptions } from './launch.ts';

export type ServerCommand = {
  readonly args: readonly string[];
  /** Matches the line of its log after which it accepts connections. */
  readonly ready: RegExp;
};

const READY_MS = 60_000;

/** Starts a server as a child of this process. Resolves when it accepts connections. */
export async function startServer(options: StartOptions, command: ServerCommand): Promise<DatabaseProcess> {
  let child = await spawnServer(options, command);
  const stop = async (kill = false): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(kill ? 'SIGKILL' : 'SIGTERM');
    await exited;
  };
  return {
    get pid() {
      return child.pid as number;
    },
    stop,
    restart: async () => {
      await stop();
      child = await spawnServer(options, command);
    },
  };
}

/** Rejects with the last error in the log when the server ends before it is ready. */
function spawnServer({ program, log, guard, onExit }: StartOptions, command: ServerCommand): Promise<ChildProcess> {
  // Detached, so that Ctrl-C does not reach it before the service has drained.
  const child = spawn(program, command.args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let [isReady, reason] = [false, 'it wrote no log'];
    const timeout = setTimeout(() => child.kill('SIGKILL'), READY_MS);
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        log.write(`${line}\n`);
        if (isReady) return;
        reason = toReason(line) ?? reason;
        if (!command.ready.test(line)) return;
        isReady = true;
        clearTimeout(timeout);
        resolve(child);
      });
    }
    child.once('error', reject);
    child.once('spawn', () => guard.add(child.pid as number));
    child.once('close', () => {
      clearTimeout(timeout);
      guard.remove(child.pid as number);
      if (isReady) onExit?.();
      else reject(new Error(reason));
    });
  });
}

/** The error of a line of mongod's log, which is JSON; or a line of another log. */
function toReason(line: string): string | undefined {
  if (!line.startsWith('{')) return line.trim() || undefined;
  return /"(?:errmsg|error)":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
}
