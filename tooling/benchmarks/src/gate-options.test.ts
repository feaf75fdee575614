import { expect, it } from 'vitest';
import { readGateOptions } from './gate-options.ts';
import { UsageError } from './options.ts';

it('measures reads and writes at 32 connections', () => {
  const { base, options } = readGateOptions(['--gate']);
  expect(base).toBeUndefined();
  expect(options).toMatchObject({
    reads: ['get', 'list', 'health'],
    writes: ['post'],
    connections: [32],
    arrivals: [],
  });
});

it('takes a base, and may be quick', () => {
  const { base, options } = readGateOptions(['--gate', '--quick', '--base', 'v1']);
  const { options: whole } = readGateOptions(['--gate']);
  expect(base).toBe('v1');
  expect(options.rounds * options.sliceMs).toBeLessThan(whole.rounds * whole.sliceMs);
});

it.each([['--rounds'], ['--write']])('refuses %s, which would make runs that cannot be compared', (flag) => {
  expect(() => readGateOptions(['--gate', flag])).toThrow(UsageError);
  expect(() => readGateOptions(['--gate', flag])).toThrow('npm run bench -- --gate [--quick] [--base <commit>]');
});
