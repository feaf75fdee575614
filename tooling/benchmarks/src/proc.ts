// CPU times, memory and CPUs of processes, from /proc of Linux.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The unit of CPU times in /proc, the same for every Linux program. */
const tickMicros = 10_000;

/** Returns the fields of a `stat` line after the program's name, which may contain spaces and brackets. */
const readStat = (pid: number): number[] =>
  (readFileSync(`/proc/${pid}/stat`, 'utf8').split(/.*\) /s)[1] ?? '').split(' ').map(Number);

/** Returns the CPU time that a process has used, user and system. */
export const cpuMicros = (pid: number): number => {
  const [user = Number.NaN, system = Number.NaN] = readStat(pid).slice(11);
  return (user + system) * tickMicros;
};

export const memoryMiB = (pid: number): number =>
  Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** Keeps all threads of a process on one CPU. Returns false when the machine does not allow it. */
const pin = (pid: number, cpu: number): boolean =>
  spawnSync('taskset', ['-a', '-c', '-p', String(cpu), String(pid)], { stdio: 'ignore' }).status === 0;

const [serverCpu, loadCpu] = [0, 1];

/** Keeps mongod and this process, which makes the load, on one CPU, so that the measured server has another to itself. */
export const reserveCpu = (mongodPid: number) => {
  // The first call shows that servers can be pinned.
  const canPin = pin(process.pid, serverCpu) && pin(process.pid, loadCpu);
  // A mongod that was not started for this run is left as it is.
  const isOwnMongod = readStat(mongodPid)[1] === process.ppid;
  return {
    pinServer: (pid: number): boolean => canPin && pin(pid, serverCpu),
    arePinned: canPin && isOwnMongod && pin(mongodPid, loadCpu),
  };
};
