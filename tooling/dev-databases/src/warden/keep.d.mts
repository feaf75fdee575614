import type { Readable } from 'node:stream';

export type KeepOptions = {
  command: readonly [string, ...string[]];
  /** How long the command has between SIGTERM and SIGKILL; 0 kills at once. */
  graceMs?: number;
  /** Where other processes may join the holders. */
  socketPath?: string | undefined;
  /** A folder that goes when the command has ended. */
  removeDir?: string | undefined;
  /** How often a minute the command is started again when it dies unasked, once it was served. */
  restartsPerMinute?: number;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Standard input, output and error of the command. */
  stdio?: ['ignore' | 'inherit', number | 'pipe' | 'inherit', number | 'pipe' | 'inherit'];
};

export type Kept = {
  stdout: Readable | null;
  stderr: Readable | null;
  ended: Promise<number>;
  serve(state: object): void;
  end(): Promise<unknown>;
  unref(): void;
};

export type Attached = { state: unknown; ended: Promise<unknown>; end(): Promise<unknown> };

export declare function keep(options: KeepOptions): Kept;
export declare function attach(socketPath: string): Promise<Attached | undefined>;
