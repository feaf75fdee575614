import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ApiError, defineErrors } from './errors.ts';

const book = defineErrors('orders', {
  gone: { status: 409, title: 'The order is gone.', fix: 'Place another.' },
  outOfStock: {
    status: 409,
    title: 'Some items are out of stock.',
    fix: 'Lower the quantity.',
    data: z.object({ productId: z.string() }),
  },
  step2OfThreeFailed: { status: 422, title: 'It failed.', fix: 'Try again.' },
});

describe('defineErrors', () => {
  it('makes the code from the key, in kebab case', () => {
    const codes = Object.values(book).map(({ spec }) => spec.code);
    expect(codes).toEqual(['gone', 'out-of-stock', 'step2-of-three-failed']);
  });

  it('gives each entry its domain and keeps what was declared', () => {
    expect(book.gone.spec).toEqual({
      status: 409,
      title: 'The order is gone.',
      fix: 'Place another.',
      domain: 'orders',
      code: 'gone',
    });
  });

  it('has one factory an entry and nothing else', () => {
    expect(Object.keys(book)).toEqual(['gone', 'outOfStock', 'step2OfThreeFailed']);
  });
});

describe('an error without data', () => {
  it('takes only options', () => {
    const error = book.gone({ detail: 'Order 7 is gone.' });
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ name: 'ApiError', code: 'gone', status: 409, message: 'Order 7 is gone.' });
    expect(error.detail).toBe('Order 7 is gone.');
    expect(error.data).toBeUndefined();
  });

  it('says its title when there is no detail', () => {
    const error = book.gone();
    expect(error.message).toBe('The order is gone.');
    expect(error.detail).toBeUndefined();
    expect(error.errors).toBeUndefined();
  });
});

describe('an error with data', () => {
  it('carries the data first and the options second', () => {
    const cause = new Error('the warehouse said so');
    const error = book.outOfStock({ productId: 'lamp' }, { cause });
    expect(error.data).toEqual({ productId: 'lamp' });
    expect(error.cause).toBe(cause);
  });
});

describe('every error', () => {
  it('keeps its cause, and has none when none was given', () => {
    const cause = new Error('driver');
    expect(book.gone({ cause }).cause).toBe(cause);
    expect(Object.hasOwn(book.gone(), 'cause')).toBe(false);
  });

  it('shares the spec of its book, so that a host can tell whether a route declares it', () => {
    expect(book.gone().spec).toBe(book.gone.spec);
    expect(book.gone().spec).toBe(book.gone({ detail: 'again' }).spec);
    expect(book.gone().spec).not.toBe(book.outOfStock.spec);
  });

  it('carries the bad fields of a request', () => {
    const errors = [{ pointer: '/name', location: 'body', code: 'too_small', message: 'must not be empty' }] as const;
    expect(book.gone({ errors }).errors).toEqual(errors);
  });
});
