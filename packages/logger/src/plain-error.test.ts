import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { plainFields } from './plain.ts';
import { createClassify } from './sensitive-names.ts';

const show = (err: unknown): Record<string, unknown> =>
  JSON.parse(JSON.stringify(plainFields({ err }, createClassify(new Map([['code', 'secret']])))['err']));

class MongoServerError extends Error {
  override readonly name = 'MongoServerError';
  readonly code = 11_000;
  readonly codeName = 'DuplicateKey';
  readonly keyValue = { nickname: 'MARKER' };
}

describe('an error', () => {
  it('is shown with its type, code, message and frames, and without its other properties', () => {
    const err = Object.assign(new TypeError('it broke\n    at MARKER (x.ts:1:1)'), { code: 'EBROKEN', body: 'MARKER' });
    const plain = show(err);
    expect(Object.keys(plain)).toEqual(['type', 'code', 'message', 'stack']);
    expect(plain).toMatchObject({ type: 'TypeError', code: 'EBROKEN' });
    expect(plain['stack']).toMatch(/^ {4}at .+plain-error\.test\.ts/);
    expect(plain['stack']).not.toContain('MARKER');
  });

  it('is scrubbed in its message, type and code', () => {
    const err = Object.assign(new Error('no user alice@mail.example.com'), { name: 'a@b.cd', code: 'c@d.ef' });
    expect(show(err)).toMatchObject({ type: '[pii]', code: '[pii]', message: 'no user [pii]' });
  });

  it('is shown with its causes and the errors that it gathers, to the bounded depth', () => {
    const err = new AggregateError([new Error('one'), 'two'], 'all failed', { cause: new RangeError('why') });
    expect(show(err)).toMatchObject({
      type: 'AggregateError',
      message: 'all failed',
      cause: { type: 'RangeError', message: 'why' },
      errors: [{ message: 'one' }, 'two'],
    });
    const circle = new Error('circle');
    circle.cause = circle;
    expect(show(circle)['cause']).toBe('[circular]');
    const chain = Array.from({ length: 20 }).reduce<Error>((cause) => new Error('link', { cause }), new Error('first'));
    expect(JSON.stringify(show(chain)).match(/"link"/g)).toHaveLength(5);
  });

  it('of the database driver keeps its message to itself, also as a cause', () => {
    const driver = new MongoServerError('E11000 duplicate key error dup key: { nickname: "MARKER" }');
    const plain = show(driver);
    expect(plain).toMatchObject({ type: 'MongoServerError', code: 11_000, codeName: 'DuplicateKey' });
    expect(plain['stack']).toContain('plain-error.test.ts');
    const wrapped = show(new Error('not saved', { cause: new AggregateError([driver], 'x', { cause: driver }) }));
    expect(wrapped).toMatchObject({
      message: 'not saved',
      cause: { cause: { code: 11_000 }, errors: [{ code: 11_000 }] },
    });
    expect(JSON.stringify([plain, wrapped])).not.toContain('MARKER');
  });

  it('of the driver gives no stack once its message no longer matches it', () => {
    const driver = new MongoServerError('about\n    at MARKER (x.ts:1:1)');
    driver.stack = 'MongoServerError: about\n    at MARKER (x.ts:1:1)\n    at real (y.ts:1:1)';
    driver.message = 'changed';
    expect(show(driver)).toEqual({ type: 'MongoServerError', code: 11_000, codeName: 'DuplicateKey' });
  });

  it('is recognized when it comes from another realm', () => {
    expect(show(runInContext('new RangeError("far")', createContext()))).toMatchObject({
      type: 'RangeError',
      message: 'far',
    });
  });

  it('cannot break the line by properties that throw or are of another type', () => {
    const err = new Error('hostile');
    for (const name of ['message', 'stack', 'code', 'cause']) {
      Object.defineProperty(err, name, {
        get: () => {
          throw new Error('no');
        },
      });
    }
    expect(show(err)).toMatchObject({ type: 'Error', message: '' });
    expect(show(Object.assign(new Error('x'), { name: 7, stack: 7, code: {}, message: 7 }))).toEqual({
      type: 'Error',
      message: '',
    });
  });
});
