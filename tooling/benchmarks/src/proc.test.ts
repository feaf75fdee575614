import { expect, it } from 'vitest';
import { cpuMicros, hasSameStarter, parseCpus, residentBytes } from './proc.ts';

it.each([
  ['0', [0]],
  ['0-2,5', [0, 1, 2, 5]],
  ['1,4-4', [1, 4]],
])('parses the CPUs %j', (list, cpus) => {
  expect(parseCpus(list)).toEqual(cpus);
});

it('reads the CPU time of a process as the process itself does, to two ticks', () => {
  const until = performance.now() + 100;
  while (performance.now() < until);
  const { user, system } = process.cpuUsage();
  expect(Math.abs(cpuMicros(process.pid) - user - system)).toBeLessThan(50_000);
});

it('reads the memory of a process', () => {
  expect(residentBytes(process.pid) / process.memoryUsage.rss()).toBeCloseTo(1, 0);
});

it('recognizes processes that the same command has started', () => {
  expect(hasSameStarter(process.pid)).toBe(true);
  expect(hasSameStarter(1)).toBe(false);
});
