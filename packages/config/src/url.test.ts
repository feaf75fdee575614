import { describe, expect, it } from 'vitest';
import { load } from './load.ts';
import { url, withoutCredentials } from './url.ts';

const database = url('Where MongoDB is.', {
  schemes: ['mongodb', 'mongodb+srv'],
  example: 'mongodb://localhost:27017/?replicaSet=rs0',
});
const read = (value: string): string => load({ URI: database }, { URI: value }).URI;

describe('url', () => {
  it('accepts several hosts, credentials and options in a MongoDB URI', () => {
    for (const value of [
      'mongodb://127.0.0.1:27017',
      'mongodb://app:p%40ss@a.internal:27017,b.internal:27018/plinth?replicaSet=rs0',
      'mongodb+srv://app:word@cluster.internal',
      'mongodb://[::1]:27017/',
    ]) {
      expect(read(value)).toBe(value);
    }
  });

  it('refuses other schemes and whatever is not a URL', () => {
    for (const value of [
      'redis://127.0.0.1',
      'localhost:27017',
      'mongodb://',
      'mongodb://:27017',
      'mongodb://host:99999',
      'mongodb://a,:1',
      'mongodb://a b',
      'mongodb://user:12/34@host/',
      'mongodb://user:12?34@host/',
    ]) {
      expect(() => read(value), value).toThrow('URI is not a URL that begins with mongodb:// or mongodb+srv://.');
    }
    const web = url('Where the console is.', { schemes: ['https'], example: 'https://app.test' });
    expect(() => load({ WEB: web }, { WEB: 'https://a.test,b.test' })).toThrow('WEB is not a URL');
  });

  it('takes no credentials in a default or an example', () => {
    const schemes = ['redis'] as const;
    expect(() => url('Where Redis is.', { schemes, example: 'redis://:word@a' })).toThrow(TypeError);
    expect(() => url('Where Redis is.', { schemes, example: 'redis://a', default: 'redis://:word@a' })).toThrow(
      TypeError,
    );
  });

  it('may have a default or be optional', () => {
    const options = { schemes: ['redis', 'rediss'], example: 'redis://localhost:6379' } as const;
    const cache: string | undefined = load({ C: url('Where the cache is.', { ...options, optional: true }) }, {}).C;
    expect(cache).toBeUndefined();
    expect(load({ C: url('Where Redis is.', { ...options, default: 'redis://a:1' }) }, {}).C).toBe('redis://a:1');
  });
});

describe('withoutCredentials', () => {
  it('replaces the user, the password and the query of every URL', () => {
    expect(withoutCredentials('mongodb://u:p@ss@a:1,b:2/db?password=x')).toBe('mongodb://[secret]@a:1,b:2/db?[query]');
    expect(withoutCredentials('redis://:word@a and http://b/c')).toBe('redis://[secret]@a and http://b/c');
  });
});
