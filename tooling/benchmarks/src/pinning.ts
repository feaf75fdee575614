import { spawnSync } from 'node:child_process';
import { allowedCpus, parentOf, programOf } from './proc.ts';

/** Which CPU the servers have for themselves, and which one the load and mongod share. */
export type Pinning = { readonly server: number; readonly load: number };

/** Two CPUs by which server and load are kept apart; none without two, or without `taskset`. */
export const choosePinning = (): Pinning | undefined => {
  const [server, load] = allowedCpus();
  if (server === undefined || load === undefined) return undefined;
  const tried = spawnSync('taskset', ['-c', `${server},${load}`, 'true'], { stdio: 'ignore' });
  return tried.status === 0 ? { server, load } : undefined;
};

/** The command that runs another one on one CPU. */
export const onCpu = (cpu: number | undefined, command: readonly string[]): readonly string[] =>
  cpu === undefined ? command : ['taskset', '-c', String(cpu), ...command];

export type Mongod = { readonly pid: number; readonly pinned: boolean };

/** Both are then grandchildren, each under a warden, of the command that started the engines. */
const isStartedForUs = (pid: number): boolean => {
  const ours = parentOf(process.ppid);
  return ours > 1 && parentOf(parentOf(pid)) === ours;
};

/**
 * Moves mongod to the CPU of the load, if it was started for this run; another one is left as it is.
 * Nothing is known about a mongod that is not a process of this machine.
 */
export const pinMongod = (pid: number, pinning: Pinning | undefined): Mongod | undefined => {
  if (!programOf(pid)?.startsWith('mongod')) return undefined;
  if (!pinning || !isStartedForUs(pid)) return { pid, pinned: false };
  const moved = spawnSync('taskset', ['-a', '-c', '-p', String(pinning.load), String(pid)], { stdio: 'ignore' });
  return { pid, pinned: moved.status === 0 };
};
