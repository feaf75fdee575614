import { UsageError } from '@plinth/load';
import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

describe('the command line', () => {
  it('compares with the raw server by default', () => {
    const sizes = { kinds: ['get', 'list', 'post'], loads: [1, 32], rounds: 5, seconds: 2 };
    expect(readOptions([])).toEqual({
      name: 'raw',
      options: { ...sizes, base: 'origin/main', profile: false, write: false },
    });
  });

  it('replaces the usual sizes', () => {
    const flags = ['--kinds', 'list,get,list', '--loads', '8', '--rounds', '3', '--seconds', '0.5', '--base', 'HEAD~1'];
    expect(readOptions(['regression', ...flags])).toMatchObject({
      name: 'regression',
      options: { kinds: ['list', 'get'], loads: [8], rounds: 3, seconds: 0.5, base: 'HEAD~1' },
    });
  });

  it.each([
    [['gate'], 'expected one of "raw"|"arrivals"|"tracing"|"overload"|"regression"'],
    [['raw', 'tracing'], 'Too big'],
    [['--fast'], "Unknown option '--fast'"],
    [['--kinds', 'put'], /expected one of "get"\|"list"\|"post"\n.*kinds/],
    [['--loads', '32,0'], /expected number to be >=1\n.*loads/],
    [['--rounds', ''], /expected number to be >=1\n.*rounds/],
    [['--seconds', 'x'], /expected number, received NaN\n.*seconds/],
  ])('rejects %j and says what is accepted', (args, message) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(message);
  });
});
