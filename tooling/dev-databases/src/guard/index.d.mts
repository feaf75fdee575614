import type { ChildProcess, SpawnOptions } from 'node:child_process';

export type Guard = { add(pid: number): void; remove(pid: number): void; end(): Promise<void> };

export type GuardedCommand = { child: ChildProcess; ended: Promise<number>; stop(): void };

/** `graceMs` is the time between SIGTERM and SIGKILL. */
export declare function createGuard(options?: { graceMs?: number; folder?: string }): Guard;

export declare function runGuarded(
  command: readonly [string, ...string[]],
  options?: SpawnOptions & { graceMs?: number },
): GuardedCommand;
