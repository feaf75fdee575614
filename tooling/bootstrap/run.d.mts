import type { GuardedCommand, runGuarded } from '@plinth/dev-databases/guard';

export type Runner = {
  /** A signal has ended the running commands. */
  readonly isStopped: boolean;
  start(...args: Parameters<typeof runGuarded>): GuardedCommand;
  /** Ends the running commands. */
  stop(): void;
  /** Returns the code, or that of the signal. */
  exitCode(code: number): number;
  close(): void;
};

export declare function createRunner(cwd: string): Runner;
