import { describe, expect, it } from 'vitest';
import { help, readOptions, UsageError } from './options.ts';

describe('the command line', () => {
  it.each([
    [['smoke'], { profile: 'smoke', readsPerSecond: 100, seconds: 10 }],
    [['stress'], { profile: 'stress', readsPerSecond: 600, seconds: 180 }],
    [['soak', '--minutes', '90'], { profile: 'soak', readsPerSecond: 150, seconds: 5400 }],
    [['--rate', '7', 'smoke', '--minutes', '0.1'], { profile: 'smoke', readsPerSecond: 7, seconds: 6 }],
    [['--help'], 'help'],
    [['soak', '-h'], 'help'],
  ])('accepts %j', (args, expected) => {
    expect(readOptions(args)).toEqual(expected);
  });

  it.each([
    [[], `Name one profile.\n\n${help}`],
    [['spike'], 'Name one profile.'],
    [['toString'], 'Name one profile.'],
    [['smoke', 'soak'], 'Name one profile.'],
    [['soak', '--hours', '2'], 'npm run load -- smoke|stress|soak'],
    [['soak', '--minutes', '0'], "--minutes takes a number from 0.05 to 1440, not '0'."],
    [['soak', '--minutes', ''], "--minutes takes a number from 0.05 to 1440, not ''."],
    [['smoke', '--rate', 'much'], "--rate takes a number from 1 to 5000, not 'much'."],
  ])('rejects %j and says what is accepted', (args, message) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(message);
  });
});
