import { describe, expect, it } from 'vitest';
import { figureModes, help, readCommand, UsageError } from './options.ts';

const read = (...args: string[]) => {
  const command = readCommand(args);
  if (command === 'help') throw new Error('The command is help.');
  return command;
};

describe('the command line', () => {
  it('measures beside the raw server by default', () => {
    expect(read()).toEqual({
      modes: [
        { mode: 'raw', options: { kinds: ['get', 'list', 'post', 'patch'], loads: [1, 32], rounds: 5, seconds: 2 } },
      ],
      base: 'origin/main',
      profile: false,
      write: false,
    });
  });

  it('runs every mode with figures for all', () => {
    expect(read('all', '--write')).toMatchObject({ modes: figureModes.map((mode) => ({ mode })), write: true });
  });

  it('replaces the usual sizes', () => {
    const flags = ['--kinds', 'list,get,list', '--loads', '8', '--rounds', '3', '--seconds', '0.5', '--base', 'HEAD~1'];
    const { modes, base } = read('regression', ...flags);
    expect(modes).toEqual([
      { mode: 'regression', options: { kinds: ['list', 'get'], loads: [8], rounds: 3, seconds: 0.5 } },
    ]);
    expect(base).toBe('HEAD~1');
  });

  it('returns help for --help', () => {
    expect(readCommand(['raw', '--help'])).toBe('help');
  });

  it.each([
    [['gate'], `Name one mode.\n\n${help}`],
    [['raw', 'tracing'], 'Name one mode.'],
    [['--fast'], "Unknown option '--fast'"],
    [['--kinds', 'put'], '--kinds: Invalid option: expected one of "get"|"list"|"post"|"patch"'],
    [['--loads', '32,0'], '--loads: Too small: expected number to be >=1'],
    [['--rounds', ''], '--rounds: Too small: expected number to be >=1'],
    [['--seconds', 'x'], '--seconds: Invalid input: expected number, received NaN'],
  ])('rejects %j and says what is accepted', (args, message) => {
    expect(() => readCommand(args)).toThrow(UsageError);
    expect(() => readCommand(args)).toThrow(message);
  });
});
