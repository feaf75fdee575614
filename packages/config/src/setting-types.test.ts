import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError, flag, host, integer, json, list, load, oneOf, port, secret, text, url } from './index.ts';

const read = <T extends z.ZodType>(schema: T, value: string) =>
  load({ VALUE: schema.meta({ description: 'A value.', expects: 'valid' }) }, { VALUE: value }).VALUE;

const items = list(z.string().regex(/^[a-z]+$/));
const mongodb = url('mongodb', 'mongodb+srv');

it.each<[string, z.ZodType, Record<string, unknown>]>([
  ['an integer', integer({ min: -2, max: 8 }), { 8: 8, '-2': -2, '007': 7 }],
  ['a port', port(), { 0: 0, 65535: 65_535 }],
  ['a flag', flag(), { true: true, 1: true, false: false, 0: false }],
  ['one of some words', oneOf('debug', 'info'), { debug: 'debug' }],
  ['a text', text(/^[a-z]+-\d$/), { 'eu-1': 'eu-1' }],
  ['a host', host(), { '::1': '::1', localhost: 'localhost', 'db.internal': 'db.internal', '0.0.0.0': '0.0.0.0' }],
  ['a list', items, { red: ['red'], 'red, green ,blue': ['red', 'green', 'blue'] }],
  ['a JSON document', json(z.object({ a: z.number() }), 'an a'), { '{"a":1,"b":2}': { a: 1 } }],
  ['a web address', url('https'), { 'https://app.test:8443/x?y#z': 'https://app.test:8443/x?y#z' }],
])('%s accepts its values', (_, schema, values) => {
  for (const [source, value] of Object.entries(values)) expect(read(schema, source), source).toEqual(value);
});

it.each<[string, z.ZodType, readonly string[]]>([
  ['an integer', integer({ min: -2, max: 8 }), ['9', '-3', '1.5', '1e1', '0x1', '+5', 'NaN', 'four', '9'.repeat(20)]],
  ['a port', port(), ['65536', '-1', 'http']],
  ['a flag', flag(), ['yes', 'TRUE', 'on', '2']],
  ['one of some words', oneOf('debug', 'info'), ['warn', 'INFO', 'debug,info']],
  ['a text', text(/^[a-z]+-\d$/), ['US-2', '-2']],
  ['a text without a pattern', text(), ['x'.repeat(1001)]],
  ['a host', host(), ['http://x', 'a b', '-x', '127.0.0.1:80']],
  ['a list', items, ['red,', ',', 'Red', 'red green']],
  ['a JSON document', json(z.any(), 'JSON'), ['{', 'undefined']],
  ['a web address', url('https'), ['http://a.test', 'https://a.test,b.test', 'app.test', 'https://']],
])('%s rejects other texts', (_, schema, values) => {
  for (const value of values) expect(() => read(schema, value), value).toThrow('VALUE is not valid. Set it to valid');
});

describe('a MongoDB URI', () => {
  it.each([
    'mongodb://127.0.0.1:27017',
    'mongodb://app:p%40ss@a.internal:27017,b.internal:27018/plinth?replicaSet=rs0',
    'mongodb+srv://app:word@cluster.internal',
    'mongodb://[::1]:27017/',
  ])('may be %s', (value) => {
    expect(read(mongodb, value)).toBe(value);
  });

  it.each([
    'redis://127.0.0.1',
    'localhost:27017',
    'mongodb://',
    'mongodb://:27017',
    'mongodb://host:99999',
    'mongodb://a,:1',
    'mongodb://a b',
    'mongodb://user:12/34@host/',
    'mongodb://user:12?34@host/',
  ])('is not %s', (value) => {
    expect(() => read(mongodb, value)).toThrow(ConfigError);
  });
});

describe('a JSON document', () => {
  const keys = json(z.object({ keys: z.array(z.strictObject({ kty: z.literal('OKP') })) }), 'a key set');
  const throws = json(
    z.unknown().refine((value) => {
      throw new Error(`bad ${String(value)}`);
    }),
    'a number',
  );

  it.each([
    ['its schema', keys, '{"keys":[{"kty":"OKP","d":"private-part"}]}'],
    ['the parser', keys, '{"keys": private-part'],
    ['a schema that throws', throws, '"private-part"'],
  ])('is rejected without the message of %s', (_, schema, source) => {
    expect(() => read(schema, source)).toThrow('VALUE is not valid.');
    expect(() => read(schema, source)).not.toThrow('private-part');
  });
});

describe('a secret', () => {
  it('accepts the output of the documented command', () => {
    for (let round = 0; round < 200; round += 1) {
      const value = randomBytes(32).toString('base64');
      expect(read(secret(), value)).toBe(value);
    }
  });

  it.each([
    ['change-me', 'is a placeholder'],
    ['CHANGE_ME_CHANGE_ME_CHANGE_ME_1234', 'is a placeholder'],
    ['your-secret-goes-here-0123456789abc', 'is a placeholder'],
    ['k3Jd82mXq', 'is shorter than 32 characters'],
    ['1234'.repeat(10), 'is too regular to be a secret'],
  ])('rejects %s: it %s', (value, problem) => {
    expect(() => read(secret(), value)).toThrow(`VALUE ${problem}.`);
  });
});
