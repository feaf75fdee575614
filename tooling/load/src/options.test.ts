import { describe, expect, it } from 'vitest';
import { readOptions, UsageError } from './options.ts';

describe('the command line', () => {
  it.each([
    [['smoke'], { profile: 'smoke', perSecond: 100, seconds: 10 }],
    [['stress'], { profile: 'stress', perSecond: 600, seconds: 180 }],
    [['soak', '--minutes', '90'], { profile: 'soak', perSecond: 150, seconds: 5400 }],
    [['--rate', '7', 'smoke', '--minutes', '0.1'], { profile: 'smoke', perSecond: 7, seconds: 6 }],
  ])('%j', (args, size) => {
    expect(readOptions(args)).toEqual(size);
  });

  it.each([
    [[], 'Say what to run: npm run load -- smoke|stress|soak'],
    [['spike'], 'Say what to run: npm run load -- smoke|stress|soak'],
    [['smoke', 'soak'], 'Say what to run: npm run load -- smoke|stress|soak'],
    [['soak', '--hours', '2'], 'The form is: npm run load -- smoke|stress|soak'],
    [['soak', '--minutes', '0'], "--minutes takes numbers from 0.05 to 1440; '0' is not one."],
    [['soak', '--minutes', ''], "--minutes takes numbers from 0.05 to 1440; '' is not one."],
    [['smoke', '--rate', 'much'], "--rate takes numbers from 1 to 5000; 'much' is not one."],
  ])('is refused with what is legal: %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(message);
  });
});
