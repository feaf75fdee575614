import { readdirSync, readFileSync } from 'node:fs';

// The unit of /proc/<pid>/stat, which Linux fixes at a hundredth of a second for every program.
const tickMicros = 10_000;

/** The fields of a `stat` line after the name of the program, which may hold spaces and brackets itself. */
const fieldsOf = (stat: string): string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ');

/** The CPU time, user and system, in a line of /proc/<pid>/stat. */
export const cpuMicrosIn = (stat: string): number => {
  const fields = fieldsOf(stat);
  return (Number(fields[11]) + Number(fields[12])) * tickMicros;
};

/** The parent in a line of /proc/<pid>/stat. */
export const parentIn = (stat: string): number => Number(fieldsOf(stat)[1]);

const read = (path: string): string => readFileSync(path, 'utf8');

/** To the nanosecond, where the kernel keeps such statistics. */
const preciseMicros = (pid: number): number | undefined => {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.reduce((sum, id) => sum + Number.parseInt(read(`/proc/${pid}/task/${id}/schedstat`), 10) / 1000, 0);
  } catch {
    return undefined;
  }
};

/** The CPU time that a process has used up to now, all its threads together. */
export const cpuMicros = (pid: number): number => preciseMicros(pid) ?? cpuMicrosIn(read(`/proc/${pid}/stat`));

/** The memory of this machine that a process holds, in bytes. */
export const memoryBytes = (pid: number): number =>
  Number(/^VmRSS:\s*(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1]) * 1024;

export const parentOf = (pid: number): number => parentIn(read(`/proc/${pid}/stat`));

/** The program of a process; none when there is no such process here. */
export const programOf = (pid: number): string | undefined => {
  try {
    return read(`/proc/${pid}/comm`).trim();
  } catch {
    return undefined;
  }
};

/** The numbers in a list of CPUs as the kernel writes it: `0-2,5`. */
export const cpusIn = (list: string): number[] =>
  list
    .trim()
    .split(',')
    .filter((range) => range !== '')
    .flatMap((range) => {
      const [first = Number.NaN, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 || 0 }, (_, index) => first + index);
    });

/** The CPUs that this process may run on. */
export const allowedCpus = (): number[] =>
  cpusIn(/^Cpus_allowed_list:\s*(\S+)/m.exec(read('/proc/self/status'))?.[1] ?? '');
