import { describe, expect, it } from 'vitest';
import { UsageError } from './command-line.ts';
import { readOptions } from './options.ts';

describe('the command line', () => {
  it.each([
    [[], { profile: 'smoke', readsPerSecond: 100, seconds: 10 }],
    [['smoke'], { profile: 'smoke', readsPerSecond: 100, seconds: 10 }],
    [['stress'], { profile: 'stress', readsPerSecond: 600, seconds: 180 }],
    [['soak', '--minutes', '90'], { profile: 'soak', readsPerSecond: 150, seconds: 5400 }],
    [['--rate', '7', 'smoke', '--minutes', '0.1'], { profile: 'smoke', readsPerSecond: 7, seconds: 6 }],
  ])('accepts %j', (args, expected) => {
    expect(readOptions(args)).toEqual(expected);
  });

  it.each([
    [['spike'], 'expected one of "smoke"|"stress"|"soak"'],
    [['toString'], 'expected one of "smoke"|"stress"|"soak"'],
    [['smoke', 'soak'], 'Too big'],
    [['soak', '--hours', '2'], "Unknown option '--hours'"],
    [['soak', '--minutes', '0'], /expected number to be >=0\.05\n.*minutes/],
    [['soak', '--minutes', ''], /expected number to be >=0\.05\n.*minutes/],
    [['smoke', '--rate', 'much'], /expected number, received NaN\n.*rate/],
  ])('rejects %j and says what is accepted', (args, message) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(message);
  });
});
