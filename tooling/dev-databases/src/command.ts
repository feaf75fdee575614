import { DevDatabasesError } from './errors.ts';
import type { Kept } from './warden/keep.mjs';

export type Command = {
  /** Whether this process was asked to end. */
  readonly stopped: boolean;
  /** Waits for the child; asks it to end when this process is asked to. */
  waitFor(kept: Kept): Promise<number>;
  /** Ends what runs, as if the process had been told to. */
  stop(): void;
};

/**
 * Runs a root command to its end and exits with its code. The first signal lets the command finish in order; an
 * `DevDatabasesError` is printed as the sentence that it is.
 */
export async function runCommand(body: (command: Command) => Promise<number>): Promise<never> {
  let running: Kept | undefined;
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    void running?.end();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  const command: Command = {
    get stopped() {
      return stopped;
    },
    stop,
    waitFor: (kept) => {
      running = kept;
      if (stopped) void kept.end();
      return kept.ended;
    },
  };
  try {
    process.exit(await body(command));
  } catch (error) {
    console.error(error instanceof DevDatabasesError ? error.message : error);
    process.exit(1);
  }
}
