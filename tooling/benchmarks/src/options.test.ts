import { describe, expect, it } from 'vitest';
import { modeOf, readModeOptions, readOptions, UsageError } from './options.ts';

describe('the command line', () => {
  it('may be empty', () => {
    expect(readOptions([])).toEqual({
      reads: ['get', 'list', 'health'],
      writes: ['post', 'patch', 'post-keyed'],
      connections: [1, 8, 32],
      arrivals: [300, 1000],
      seed: 1,
      rounds: 3,
      sliceMs: 1200,
      write: false,
    });
  });

  it('chooses what is measured, under which load, how often and how long', () => {
    const what = ['--reads', 'list', '--writes', 'patch,post', '--arrivals', '50,2000', '--seed', '9'];
    const how = ['--connections', '4,64', '--rounds', '7', '--slice', '0.5', '--write'];
    expect(readOptions([...what, ...how])).toEqual({
      reads: ['list'],
      writes: ['patch', 'post'],
      connections: [4, 64],
      arrivals: [50, 2000],
      seed: 9,
      rounds: 7,
      sliceMs: 500,
      write: true,
    });
  });

  it.each([
    [['--reads', 'get'], { reads: ['get'], writes: [], arrivals: [] }],
    [['--writes', 'post'], { reads: [], writes: ['post'], arrivals: [] }],
    [['--arrivals', '300'], { reads: [], writes: [], arrivals: [300] }],
    [['--quick', '--arrivals', '300'], { reads: [], writes: [], arrivals: [300] }],
  ])('that chooses what is measured gets nothing else: %j', (args, chosen) => {
    const { reads, writes, arrivals } = readOptions(args);
    expect({ reads, writes, arrivals }).toEqual(chosen);
  });

  it('measures less when it shall be quick, and still what was asked for', () => {
    const quick = readOptions(['--quick', '--connections', '8']);
    const usual = readOptions([]);
    expect(quick.connections).toEqual([8]);
    expect(quick.writes).toEqual(usual.writes);
    expect(quick.rounds * quick.sliceMs).toBeLessThan(usual.rounds * usual.sliceMs);
    expect(quick.arrivals.length).toBeLessThan(usual.arrivals.length);
  });

  it('measures nothing twice', () => {
    const args = ['--reads', 'get,get', '--writes', 'post,post', '--connections', '8,8', '--arrivals', '300,300'];
    const { reads, writes, connections, arrivals } = readOptions(args);
    expect({ reads, writes, connections, arrivals }).toEqual({
      reads: ['get'],
      writes: ['post'],
      connections: [8],
      arrivals: [300],
    });
  });

  it.each([
    [['--reads', 'post'], "--reads takes get, list, health; 'post' is none of them."],
    [['--writes', 'get'], "--writes takes post, patch, post-keyed; 'get' is none of them."],
    [['--writes', ''], "--writes takes post, patch, post-keyed; '' is none of them."],
    [['--connections', '0'], "--connections takes numbers from 1 to 512; '0' is not one."],
    [['--connections', '8,'], "--connections takes numbers from 1 to 512; '' is not one."],
    [['--connections', '1.5'], "--connections takes whole numbers; '1.5' is not one."],
    [['--arrivals', '0'], "--arrivals takes numbers from 1 to 20000; '0' is not one."],
    [['--seed', 'x'], "--seed takes numbers from 0 to 1000000; 'x' is not one."],
    [['--rounds', 'many'], "--rounds takes numbers from 1 to 100; 'many' is not one."],
    [['--slice', '31'], "--slice takes numbers from 0.2 to 30; '31' is not one."],
  ])('is refused with what is legal: %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(new UsageError(message));
  });

  it('is refused when a flag is unknown', () => {
    expect(() => readOptions(['--fast'])).toThrow(UsageError);
  });
});

describe('modes', () => {
  it('each has sizes of its own, which flags replace', () => {
    expect(modeOf(['--quick'])).toBeUndefined();
    const args = ['--waterfall', '--reads', 'get', '--rounds', '2'];
    expect(modeOf(args)).toBe('waterfall');
    expect(readModeOptions('waterfall', args)).toMatchObject({ reads: ['get'], connections: [1, 32], rounds: 2 });
    expect(readModeOptions('tracing', ['--tracing']).writes).toEqual(['post']);
  });

  it('boundary: arrivals are not for them', () => {
    expect(() => readModeOptions('overload', ['--overload', '--arrivals', '300'])).toThrow(UsageError);
  });
});
