import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flag, integer, json, oneOf, port, text } from './kinds.ts';
import type { Fault } from './load.ts';
import { ConfigError, load } from './load.ts';
import { secret } from './secret.ts';
import type { Settings } from './setting.ts';
import { url } from './url.ts';

const settings = {
  PORT: port('Where the API listens.', { default: 3000 }),
  MONGODB_URI: url('Where MongoDB is.', { schemes: ['mongodb'], example: 'mongodb://localhost' }),
  CURSOR_SECRET: secret('What cursors are signed with.'),
  LOG_LEVEL: oneOf('How much is logged.', { values: ['debug', 'info'], default: 'info' }),
};
const key = 'Zk3v9QpL2xWm7RtY5uHn8sBd4cFg6jKe';
const env = { MONGODB_URI: 'mongodb://localhost', CURSOR_SECRET: key };

const errorOf = (declared: Settings, given: Record<string, string>): ConfigError => {
  try {
    load(declared, given);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('Nothing was wrong.');
};

const faultsOf = (declared: Settings, given: Record<string, string>): readonly Fault[] =>
  errorOf(declared, given).faults;

describe('load', () => {
  it('gives a frozen plain object with the declared keys and types', () => {
    const config = load(settings, { ...env, PORT: '8080', UNKNOWN: 'x' });
    const level: 'debug' | 'info' = config.LOG_LEVEL;
    expect(config).toEqual({ PORT: 8080, MONGODB_URI: env.MONGODB_URI, CURSOR_SECRET: key, LOG_LEVEL: level });
    expect(Object.isFrozen(config)).toBe(true);
    expect(() => Object.assign(config, { PORT: 1 })).toThrow(TypeError);
  });

  it('reports all faults at once, each on a line of its own', () => {
    expect(() => load(settings, { PORT: 'abc', CURSOR_SECRET: 'change-me', LOG_LEVEL: 'loud' })).toThrow(
      new ConfigError([
        {
          name: 'PORT',
          problem: 'is not a whole number from 0 to 65535',
          fix: 'Set it to a port from 0 to 65535, for example: 3000',
        },
        {
          name: 'MONGODB_URI',
          problem: 'is missing',
          fix: 'Set it to a URL that begins with mongodb://, for example: mongodb://localhost',
        },
        {
          name: 'CURSOR_SECRET',
          problem: 'is a placeholder',
          fix: 'Set it to a secret of at least 32 characters; make one with: openssl rand -base64 32',
        },
        {
          name: 'LOG_LEVEL',
          problem: 'is not one of debug, info',
          fix: 'Set it to one of debug, info, for example: info',
        },
      ]),
    );
    expect(() => load(settings, {})).toThrow(
      /^The configuration has 2 faults:\n {2}MONGODB_URI .+\n {2}CURSOR_SECRET .+$/,
    );
    expect(() => load(settings, { ...env, PORT: 'x' })).toThrow(/^The configuration has 1 fault:\n {2}PORT .+$/);
  });

  it('prints no value of a faulty setting, not even in part', () => {
    const declared = {
      ...settings,
      ON: flag('Whether it is on.'),
      COUNT: integer('How many.', { max: 5 }),
      WORD: text('A word.', { example: 'word', pattern: /^[a-z]+$/ }),
      KEYS: json('Keys.', {
        schema: z.strictObject({ keys: z.array(z.string()) }),
        expects: 'keys',
        example: '{"keys":[]}',
      }),
    };
    const values: Record<string, string> = {
      PORT: 'QQ11',
      MONGODB_URI: 'mysql://QQuser:QQpassword@QQhost/QQdb',
      CURSOR_SECRET: 'QQshort',
      LOG_LEVEL: 'QQloud',
      ON: 'QQyes',
      COUNT: '9876543',
      WORD: 'QQ Word',
      KEYS: '{"QQkey": ["QQvalue"]}',
    };
    const error = errorOf(declared, values);
    expect(error.faults.map(({ name }) => name)).toEqual(Object.keys(values));
    // Everything that hangs on the error, its stack and hidden properties too: no cause carries a value along.
    const printed = inspect(error, { depth: null, showHidden: true });
    expect(printed).not.toMatch(/QQ|9876543/);
  });

  it('counts an empty or blank value as missing', () => {
    expect(faultsOf(settings, { MONGODB_URI: '', CURSOR_SECRET: '  ' }).map(({ problem }) => problem)).toEqual([
      'is missing',
      'is missing',
    ]);
    expect(load(settings, { ...env, PORT: '' }).PORT).toBe(3000);
  });

  it('refuses white space at the ends, which nobody would see', () => {
    expect(faultsOf(settings, { ...env, CURSOR_SECRET: `${key}\n` })[0]?.problem).toBe(
      'begins or ends with white space',
    );
  });

  it('points at a set variable that is nearly the missing one', () => {
    const given = { ...env, MONGODB_URI: '', MONGODB_URL: 'mongodb://QQ' };
    expect(faultsOf(settings, given)[0]?.problem).toBe('is missing (MONGODB_URL is set: is it misspelt?)');
    expect(faultsOf({ PORT: port('Where the API listens.') }, { PORTS: '1' })[0]?.problem).toBe('is missing');
  });

  it('reads the environment of the process unless another is given', () => {
    expect(() => load({ PLINTH_NEVER_SET: port('Nothing.') })).toThrow('PLINTH_NEVER_SET is missing.');
  });

  it('refuses a name that no shell can set', () => {
    expect(() => load({ 'my-port': port('Where the API listens.') }, {})).toThrow(TypeError);
  });
});
