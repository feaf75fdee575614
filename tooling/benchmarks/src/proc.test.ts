import { describe, expect, it } from 'vitest';
import { cpuMicrosIn, cpusIn, parentIn } from './proc.ts';

const stat = (name: string): string =>
  `4711 (${name}) S 4242 4711 4711 0 -1 4194304 100 0 0 0 250 130 7 9 20 0 11 0 99 1000 200 18446744073709551615`;

describe('a line of /proc/<pid>/stat', () => {
  it('gives user and system time, without that of ended children', () => {
    expect(cpuMicrosIn(stat('node'))).toBe(3_800_000);
  });

  it('gives the parent', () => {
    expect(parentIn(stat('node'))).toBe(4242);
  });

  it('is read right when the program has spaces and brackets in its name', () => {
    expect(cpuMicrosIn(stat('my (odd) tool) 1 2'))).toBe(3_800_000);
    expect(parentIn(stat('my (odd) tool) 1 2'))).toBe(4242);
  });
});

describe('a list of CPUs', () => {
  it('holds single ones and ranges', () => {
    expect(cpusIn('0-2,5,8-9\n')).toEqual([0, 1, 2, 5, 8, 9]);
  });

  it('may hold one', () => {
    expect(cpusIn('3')).toEqual([3]);
  });

  it('may be missing', () => {
    expect(cpusIn('')).toEqual([]);
  });
});
