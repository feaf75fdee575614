import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError, flag, integer, json, load, oneOf, port, type Settings, secret, text, url } from './index.ts';

const settings = {
  PORT: port().default(3000).meta({ description: 'The port.' }),
  METRICS_PORT: port().optional().meta({ description: 'The port of metrics.', differsFrom: 'PORT' }),
  MONGODB_URI: url('mongodb').meta({ description: 'The database.', example: 'mongodb://localhost' }),
  CURSOR_SECRET: secret().meta({ description: 'Encrypts cursors.' }),
  LOG_LEVEL: oneOf('debug', 'info').default('info').meta({ description: 'The level.' }),
};
const CURSOR_SECRET = 'Zk3v9QpL2xWm7RtY5uHn8sBd4cFg6jKe';
const env = { MONGODB_URI: 'mongodb://localhost', CURSOR_SECRET };

const getError = (declared: Settings, values: Record<string, string>): ConfigError => {
  try {
    load(declared, values);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('No error was thrown.');
};

describe('load', () => {
  it('returns a frozen object with the declared names and types', () => {
    const config = load(settings, { ...env, PORT: '8080', UNKNOWN: 'x' });
    const level: 'debug' | 'info' = config.LOG_LEVEL;
    const metricsPort: number | undefined = config.METRICS_PORT;
    expect(config).toEqual({ ...env, PORT: 8080, METRICS_PORT: metricsPort, LOG_LEVEL: level });
    expect(() => Object.assign(config, { PORT: 1 })).toThrow(TypeError);
    // @ts-expect-error -- an optional setting may be undefined
    const wrong: number = config.METRICS_PORT;
    expect(wrong).toBeUndefined();
  });

  it('reports all issues together, each on its own line', () => {
    const values = { PORT: 'abc', CURSOR_SECRET: 'change-me', LOG_LEVEL: 'loud' };
    expect(getError(settings, values).message.split('\n')).toEqual([
      'The configuration has 4 issues:',
      '  PORT is not valid. Set it to a port from 0 to 65535, for example: 3000',
      '  MONGODB_URI is missing. Set it to a URL that begins with mongodb://, for example: mongodb://localhost',
      '  CURSOR_SECRET is a placeholder. Set it to a secret of at least 32 characters, made with `openssl rand -base64 32`.',
      '  LOG_LEVEL is not valid. Set it to one of debug, info, for example: info',
    ]);
    expect(getError(settings, { ...env, PORT: 'x' }).message).toMatch(/^The configuration has 1 issue:\n {2}PORT .+$/);
  });

  it('prints no value, not even in part', () => {
    const description = 'A value.';
    const declared = {
      ...settings,
      ON: flag().meta({ description }),
      COUNT: integer({ max: 5 }).meta({ description }),
      WORD: text(/^[a-z]+$/).meta({ description }),
      KEYS: json(z.strictObject({ keys: z.array(z.string()) }), 'keys').meta({ description }),
    };
    const values = {
      PORT: 'QQ11',
      METRICS_PORT: 'QQ12',
      MONGODB_URI: 'mysql://QQuser:QQpassword@QQhost/QQdb',
      CURSOR_SECRET: 'QQshort',
      LOG_LEVEL: 'QQloud',
      ON: 'QQyes',
      COUNT: '9876543',
      WORD: 'QQ Word',
      KEYS: '{"QQkey": ["QQvalue"]}',
    };
    const error = getError(declared, values);
    expect(error.issues.map(({ name }) => name)).toEqual(Object.keys(values));
    // The stack, the cause and hidden properties are searched too.
    expect(inspect(error, { depth: null, showHidden: true })).not.toMatch(/QQ|9876543/);
  });

  it('treats an empty or blank value as missing', () => {
    const { issues } = getError(settings, { MONGODB_URI: '', CURSOR_SECRET: '  ' });
    expect(issues.map(({ problem }) => problem)).toEqual(['is missing', 'is missing']);
    expect(load(settings, { ...env, PORT: '' }).PORT).toBe(3000);
  });

  it('rejects white space at the ends, which is invisible', () => {
    const values = { ...env, CURSOR_SECRET: `${CURSOR_SECRET}\n` };
    expect(getError(settings, values).message).toContain('CURSOR_SECRET begins or ends with white space.');
  });

  it('rejects two settings that must differ and are the same, and names the later one', () => {
    const problem = 'METRICS_PORT is the same as PORT. Set it to a port';
    expect(getError(settings, { ...env, PORT: '3001', METRICS_PORT: '3001' }).message).toContain(problem);
    expect(getError(settings, { ...env, METRICS_PORT: '3000' }).message).toContain(problem);
    expect(load(settings, { ...env, PORT: '0', METRICS_PORT: '0' })).toMatchObject({ PORT: 0, METRICS_PORT: 0 });
  });

  it('reads the environment of the process by default', () => {
    const PLINTH_NEVER_SET = port().meta({ description: 'A port.' });
    expect(() => load({ PLINTH_NEVER_SET })).toThrow('PLINTH_NEVER_SET is missing.');
  });
});

describe('a declaration is rejected', () => {
  const description = 'A setting.';
  const uri = url('redis');

  it.each<[string, string, z.ZodType]>([
    ['without a description', 'NAME', port()],
    ['with a description that is not a sentence', 'NAME', port().meta({ description: 'A port' })],
    ['with a misspelled key', 'NAME', port().meta({ description, exmaple: '1' })],
    ['of a schema that does not say what it expects', 'NAME', z.string().meta({ description })],
    ['with a name that no shell can set', 'my-port', port().meta({ description })],
    ['with a default that it would reject', 'NAME', port().default(70_000).meta({ description })],
    ['with an example that it would reject', 'NAME', text(/^\w+$/).meta({ description, example: 'two words' })],
    ['of a secret with a default', 'NAME', secret().default(CURSOR_SECRET).meta({ description })],
    ['of a secret with an example', 'NAME', secret().meta({ description, example: CURSOR_SECRET })],
    ['with credentials in its default', 'NAME', uri.default('redis://:word@a').meta({ description })],
    ['with credentials in its example', 'NAME', uri.meta({ description, example: 'redis://:word@a' })],
  ])('%s', (_, name, schema) => {
    expect(() => load({ [name]: schema }, {})).toThrow(TypeError);
  });
});
