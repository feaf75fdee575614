import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DevDatabasesError } from '@plinth/dev-databases';
import { type GuardedCommand, runGuarded } from '@plinth/dev-databases/guard';

export const root: string = fileURLToPath(new URL('../../..', import.meta.url));

/** Databases, development secrets and caches of this checkout. Git ignores it. */
export const dataDir: string = join(root, '.data');

/** Reads .env, which may be missing. A variable that is set already wins. */
export function loadEnvFile(folder = root): void {
  const file = join(folder, '.env');
  try {
    process.loadEnvFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new DevDatabasesError(`${file} cannot be read. Make it a readable text file, or remove it.`);
  }
}

export type Command = {
  readonly isStopped: boolean;
  /** Runs a program until it ends or this process receives a signal. */
  run(...args: Parameters<typeof runGuarded>): GuardedCommand;
  /** Ends the running program. */
  stop(): void;
};

/** Runs a root command and exits with its code. Guards end what it has started. */
export async function runCommand(body: (command: Command) => Promise<number>): Promise<never> {
  let running: GuardedCommand | undefined;
  let isStopped = false;
  const command: Command = {
    get isStopped() {
      return isStopped;
    },
    run: (...args) => {
      running = runGuarded(...args);
      void running.ended.then(() => (running = undefined));
      return running;
    },
    stop: () => {
      isStopped = true;
      running?.stop();
    },
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (isStopped || running === undefined) process.exit(128 + constants.signals[signal]);
      command.stop();
    });
  }
  try {
    process.exit(await body(command));
  } catch (error) {
    console.error(error instanceof DevDatabasesError ? error.message : error);
    process.exit(1);
  }
}
