import { describe, expect, it } from 'vitest';
import { readOptions, UsageError } from './options.ts';

describe('the command line', () => {
  it('may be empty', () => {
    expect(readOptions([])).toEqual({
      reads: ['get', 'list', 'health'],
      connections: [1, 8, 32],
      rounds: 4,
      sliceMs: 1500,
      write: false,
    });
  });

  it('chooses reads, connections, rounds and the length of a slice', () => {
    const args = ['--reads', 'list', '--connections', '4,64', '--rounds', '7', '--slice', '0.5', '--write'];
    expect(readOptions(args)).toEqual({
      reads: ['list'],
      connections: [4, 64],
      rounds: 7,
      sliceMs: 500,
      write: true,
    });
  });

  it('measures less when it shall be quick, and still what was asked for', () => {
    const quick = readOptions(['--quick', '--connections', '8']);
    const usual = readOptions([]);
    expect(quick.connections).toEqual([8]);
    expect(quick.rounds * quick.sliceMs).toBeLessThan(usual.rounds * usual.sliceMs);
  });

  it('measures nothing twice', () => {
    const { reads, connections } = readOptions(['--reads', 'get,get', '--connections', '8,8']);
    expect({ reads, connections }).toEqual({ reads: ['get'], connections: [8] });
  });

  it.each([
    [['--reads', 'post'], "--reads takes get, list, health; 'post' is none of them."],
    [['--connections', '0'], "--connections takes numbers from 1 to 512; '0' is not one."],
    [['--connections', '8,'], "--connections takes numbers from 1 to 512; '' is not one."],
    [['--connections', '1.5'], "--connections takes whole numbers; '1.5' is not one."],
    [['--rounds', 'many'], "--rounds takes numbers from 1 to 100; 'many' is not one."],
    [['--slice', '31'], "--slice takes numbers from 0.2 to 30; '31' is not one."],
  ])('is refused with what is legal: %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(new UsageError(message));
  });

  it('is refused when a flag is unknown', () => {
    expect(() => readOptions(['--fast'])).toThrow(UsageError);
  });
});
