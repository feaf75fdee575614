import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flag, host, integer, json, list, milliseconds, oneOf, port, text } from './kinds.ts';
import { ConfigError, load } from './load.ts';
import type { Setting } from './setting.ts';

const read = <T>(setting: Setting<T>, value?: string): T =>
  load({ VALUE: setting }, value === undefined ? {} : { VALUE: value }).VALUE;
const refuses = (setting: Setting, values: readonly string[]): void => {
  for (const value of values) expect(() => read(setting, value), value).toThrow(ConfigError);
};

describe('integer, milliseconds and port', () => {
  it('read whole numbers inside their range and nothing else', () => {
    const workers = integer('How many workers run.', { min: -2, max: 8, default: 4 });
    expect([read(workers), read(workers, '8'), read(workers, '-2')]).toEqual([4, 8, -2]);
    refuses(workers, ['9', '-3', '1.5', '1e1', '0x1', 'NaN', 'four', '99999999999999999999']);
    expect(read(milliseconds('How long a request may take.', { min: 1, max: 60_000 }), '1500')).toBe(1500);
    const listen: number = read(port('Where the API listens.'), '65535');
    expect(listen).toBe(65_535);
    refuses(port('Where the API listens.', { default: 3000 }), ['65536', '-1', 'http']);
  });

  it('are undefined only where they are declared optional', () => {
    const value: number | undefined = read(integer('How many workers run.', { optional: true }));
    expect(value).toBeUndefined();
    const pause: number | undefined = read(milliseconds('How long to wait.', { optional: true }));
    expect(pause).toBeUndefined();
    // @ts-expect-error -- an optional setting may be undefined
    const wrong: number = read(port('Where the API listens.', { optional: true }));
    expect(wrong).toBeUndefined();
  });
});

describe('flag', () => {
  it('reads true, false, 1 and 0 and no other word', () => {
    const setting = flag('Whether it is on.', { default: false });
    expect(['true', '1', 'false', '0'].map((value) => read(setting, value))).toEqual([true, true, false, false]);
    expect([read(setting), read(flag('Whether it is on.'), '1')]).toEqual([false, true]);
    refuses(setting, ['yes', 'TRUE', 'on', '2']);
  });
});

describe('list', () => {
  const colours = { example: 'red, green', item: /^[a-z]+$/, expects: 'colours with commas between them' } as const;

  it('reads items with commas between them, and no others', () => {
    const setting = list('What it is painted with.', colours);
    expect([read(setting, 'red'), read(setting, 'red, green ,blue')]).toEqual([['red'], ['red', 'green', 'blue']]);
    refuses(setting, ['red,', ',', 'Red', 'red green']);
  });

  it('may have a default or be absent', () => {
    expect(read(list('What it is painted with.', { ...colours, default: ['red', 'blue'] }))).toEqual(['red', 'blue']);
    const absent: readonly string[] | undefined = read(
      list('What it is painted with.', { ...colours, optional: true }),
    );
    expect(absent).toBeUndefined();
  });
});

describe('oneOf', () => {
  it('reads the listed words with their own type', () => {
    const setting = oneOf('How much is logged.', { values: ['debug', 'info'], default: 'info' });
    const level: 'debug' | 'info' = read(setting, 'debug');
    expect([level, read(setting)]).toEqual(['debug', 'info']);
    const required: 'debug' | 'info' = read(oneOf('How much is logged.', { values: ['debug', 'info'] }), 'info');
    const optional = oneOf('How much is logged.', { values: ['debug', 'info'], optional: true });
    const absent: 'debug' | 'info' | undefined = read(optional);
    expect([required, absent]).toEqual(['info', undefined]);
    refuses(setting, ['warn', 'INFO', 'debug,info']);
  });

  it('takes no default outside its words', () => {
    // @ts-expect-error -- 'loud' is not one of the values
    expect(() => oneOf('How much is logged.', { values: ['debug', 'info'], default: 'loud' })).toThrow(TypeError);
  });
});

describe('text and host', () => {
  it('refuse what is too long or of another form', () => {
    const region = text('Where it runs.', {
      example: 'eu-1',
      pattern: /^[a-z]+-\d$/,
      maxLength: 6,
      expects: 'a region',
    });
    expect(read(region, 'us-2')).toBe('us-2');
    refuses(region, ['US-2', 'europe-1']);
    expect(read(text('The name of the product.', { example: 'Plinth', default: 'Plinth' }))).toBe('Plinth');
    const bind = host('The address to listen on.', { default: '0.0.0.0' });
    expect(['::1', 'localhost', 'db.internal'].map((value) => read(bind, value))).toEqual([
      '::1',
      'localhost',
      'db.internal',
    ]);
    expect(read(host('The address to listen on.'), '127.0.0.1')).toBe('127.0.0.1');
    refuses(bind, ['http://x', 'a b', '-x']);
  });
});

describe('json', () => {
  const keys = json('The keys that tokens are checked with.', {
    schema: z.object({ keys: z.array(z.strictObject({ kty: z.literal('OKP'), x: z.string() })) }),
    expects: 'a JSON Web Key Set with public keys only',
    example: '{"keys":[]}',
  });

  it('reads a document, frozen at every depth', () => {
    const value = read(keys, '{"keys":[{"kty":"OKP","x":"abc"}]}');
    expect(value.keys[0]?.x).toBe('abc');
    expect([Object.isFrozen(value), Object.isFrozen(value.keys), Object.isFrozen(value.keys[0])]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('refuses what the schema refuses, without the words of the schema or of the parser', () => {
    for (const source of [
      '{"keys":[{"kty":"OKP","x":"a","d":"private-part"}]}',
      '{"keys": private-part',
      'private-part',
    ]) {
      expect(() => read(keys, source)).toThrow('VALUE is not a JSON Web Key Set with public keys only.');
      expect(() => read(keys, source)).not.toThrow('private-part');
    }
  });

  it('keeps the words of a schema that throws to itself', () => {
    const thrower = (value: unknown): boolean => {
      if (value === 1) return true;
      throw new Error(`bad ${String(value)}`);
    };
    const setting = json('A number.', { schema: z.unknown().refine(thrower), expects: 'one', example: '1' });
    expect(() => read(setting, '"hidden"')).toThrow('VALUE is not one. Set it to one, for example: 1');
  });

  it('does not read text that is no JSON, whatever the schema accepts', () => {
    refuses(json('Anything.', { schema: z.any(), expects: 'a JSON document', example: '1' }), ['{', 'undefined']);
  });

  it('takes a default as a value', () => {
    const origins = json('Who may call.', {
      schema: z.array(z.string()),
      expects: 'a list',
      example: '["a"]',
      default: ['b'],
    });
    expect(read(origins)).toEqual(['b']);
  });
});

describe('every kind', () => {
  it('demands a description that is a sentence', () => {
    // @ts-expect-error -- the full stop is missing
    port('Where the API listens');
    // @ts-expect-error -- a description is required
    expect(() => port()).toThrow(TypeError);
    expect(() => port(' ' as '.')).toThrow('A setting needs a description.');
  });

  it('refuses a default or an example that it would not accept', () => {
    expect(() => port('Where the API listens.', { default: 70_000 })).toThrow(TypeError);
    expect(() => text('A word.', { example: 'two words', pattern: /^\w+$/ })).toThrow(TypeError);
  });

  it('cannot be optional and have a default', () => {
    // @ts-expect-error -- with a default it is never absent
    port('Where the API listens.', { default: 3000, optional: true });
  });
});
