// CPU times, memory and CPUs of processes, from /proc of Linux.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The unit of CPU times in /proc, the same for every Linux program. */
const tickMicros = 10_000;

/** Returns the fields of a `stat` line after the program's name, which may contain spaces and brackets. */
const readStat = (pid: number): string[] => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
};

/** Returns the CPU time that a process has used, user and system. */
export const cpuMicros = (pid: number): number => {
  const fields = readStat(pid);
  return (Number(fields[11]) + Number(fields[12])) * tickMicros;
};

const readStatus = (pid: number, field: string): string =>
  new RegExp(`^${field}:\\s*(\\S+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';

export const residentBytes = (pid: number): number => Number(readStatus(pid, 'VmRSS')) * 1024;

/** Returns the ids of the processes above a process, without init. */
const listAncestors = (pid: number): number[] => {
  const parent = Number(readStat(pid)[1]);
  return parent > 1 ? [parent, ...listAncestors(parent)] : [];
};

/** Returns whether the command that started this process has also started another one, itself or by a child. */
export const hasSameStarter = (pid: number): boolean => {
  const starters = listAncestors(process.pid).slice(0, 2);
  return listAncestors(pid).some((ancestor) => starters.includes(ancestor));
};

/** Returns the numbers in a list of CPUs as the kernel writes it: `0-2,5`. */
export const parseCpus = (list: string): number[] =>
  list.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });

/** Keeps all threads of a process on one CPU. Returns false when the machine does not allow it. */
const pin = (pid: number, cpu: number): boolean =>
  spawnSync('taskset', ['-a', '-c', '-p', String(cpu), String(pid)], { stdio: 'ignore' }).status === 0;

/** Keeps mongod and this process, which makes the load, on one CPU, so that the measured server has another to itself. */
export const reserveCpu = (mongodPid: number) => {
  const [server = -1, load = -1] = parseCpus(readStatus(process.pid, 'Cpus_allowed_list'));
  const isPinned = load >= 0 && pin(process.pid, load);
  return {
    pinServer: (pid: number): void => {
      if (isPinned) pin(pid, server);
    },
    // A mongod that was not started for this run is left as it is.
    arePinned: isPinned && hasSameStarter(mongodPid) && pin(mongodPid, load),
  };
};
