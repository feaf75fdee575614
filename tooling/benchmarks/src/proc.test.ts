import { expect, it } from 'vitest';
import { cpuMicros, memoryMiB } from './proc.ts';

it('reads the CPU time of a process as the process itself does, to two ticks', () => {
  const until = performance.now() + 100;
  while (performance.now() < until);
  const { user, system } = process.cpuUsage();
  expect(Math.abs(cpuMicros(process.pid) - user - system)).toBeLessThan(50_000);
});

it('reads the memory of a process', () => {
  expect((memoryMiB(process.pid) * 2 ** 20) / process.memoryUsage.rss()).toBeCloseTo(1, 0);
});
