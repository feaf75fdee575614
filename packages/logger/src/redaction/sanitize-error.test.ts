import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { sanitizeFields } from './sanitize.ts';
import { createClassify } from './sensitive-names.ts';

const show = (err: unknown): Record<string, unknown> =>
  JSON.parse(JSON.stringify(sanitizeFields({ err }, createClassify(new Map([['code', 'secret']])))['err']));

class MongoServerError extends Error {
  override readonly name = 'MongoServerError';
  readonly code = 11_000;
  readonly codeName = 'DuplicateKey';
  readonly keyValue = { nickname: 'CANARY' };
}

describe('an error', () => {
  it('is shown with its type, code, message and frames, and without its other properties', () => {
    const err = Object.assign(new TypeError('it broke\n    at CANARY (x.ts:1:1)'), { code: 'EBROKEN', body: 'CANARY' });
    const sanitized = show(err);
    expect(Object.keys(sanitized)).toEqual(['type', 'code', 'message', 'stack']);
    expect(sanitized).toMatchObject({ type: 'TypeError', code: 'EBROKEN' });
    expect(sanitized['stack']).toMatch(/^ {4}at .+sanitize-error\.test\.ts/);
    expect(sanitized['stack']).not.toContain('CANARY');
  });

  it('is scrubbed in its message, type and code', () => {
    const err = Object.assign(new Error('no user alice@mail.example.com'), { name: 'a@b.cd', code: 'c@d.ef' });
    expect(show(err)).toMatchObject({ type: '[pii]', code: '[pii]', message: 'no user [pii]' });
  });

  it('is shown with its cause and its aggregated errors, down to the maximum depth', () => {
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

  it('is shown without its message when it comes from the database driver, even as a cause', () => {
    const driver = new MongoServerError('E11000 duplicate key error dup key: { nickname: "CANARY" }');
    const sanitized = show(driver);
    expect(sanitized).toMatchObject({ type: 'MongoServerError', code: 11_000, codeName: 'DuplicateKey' });
    expect(sanitized['stack']).toContain('sanitize-error.test.ts');
    const wrapped = show(new Error('not saved', { cause: new AggregateError([driver], 'x', { cause: driver }) }));
    expect(wrapped).toMatchObject({
      message: 'not saved',
      cause: { cause: { code: 11_000 }, errors: [{ code: 11_000 }] },
    });
    expect(JSON.stringify([sanitized, wrapped])).not.toContain('CANARY');
  });

  it('is shown without its stack when its message no longer matches the stack', () => {
    const driver = new MongoServerError('about\n    at CANARY (x.ts:1:1)');
    driver.stack = 'MongoServerError: about\n    at CANARY (x.ts:1:1)\n    at real (y.ts:1:1)';
    driver.message = 'changed';
    expect(show(driver)).toEqual({ type: 'MongoServerError', code: 11_000, codeName: 'DuplicateKey' });
  });

  it('is recognized when it comes from another realm', () => {
    expect(show(runInContext('new RangeError("far")', createContext()))).toMatchObject({
      type: 'RangeError',
      message: 'far',
    });
  });

  it('may have properties that throw or have an unexpected type', () => {
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
