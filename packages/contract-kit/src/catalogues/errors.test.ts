import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ApiError, defineErrors } from './errors.ts';

const errors = defineErrors('orders', {
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
  it('derives the code from the key, in kebab case', () => {
    const codes = Object.values(errors).map(({ spec }) => spec.code);
    expect(codes).toEqual(['gone', 'out-of-stock', 'step2-of-three-failed']);
  });

  it('adds the domain to each entry and keeps the declaration', () => {
    expect(errors.gone.spec).toEqual({
      status: 409,
      title: 'The order is gone.',
      fix: 'Place another.',
      domain: 'orders',
      code: 'gone',
    });
  });

  it('has one factory for each entry and nothing else', () => {
    expect(Object.keys(errors)).toEqual(['gone', 'outOfStock', 'step2OfThreeFailed']);
  });
});

describe('an error without data', () => {
  it('accepts only options', () => {
    const error = errors.gone({ detail: 'Order 7 is gone.' });
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ name: 'ApiError', code: 'gone', status: 409, message: 'Order 7 is gone.' });
    expect(error.detail).toBe('Order 7 is gone.');
    expect(error.data).toBeUndefined();
  });

  it('has its title as message when there is no detail', () => {
    const error = errors.gone();
    expect(error.message).toBe('The order is gone.');
    expect(error.detail).toBeUndefined();
    expect(error.errors).toBeUndefined();
  });
});

describe('an error with data', () => {
  it('accepts the data first and the options second', () => {
    const cause = new Error('warehouse');
    const error = errors.outOfStock({ productId: 'lamp' }, { cause });
    expect(error.data).toEqual({ productId: 'lamp' });
    expect(error.cause).toBe(cause);
  });
});

describe('every error', () => {
  it('keeps its cause, and has none without one', () => {
    const cause = new Error('driver');
    expect(errors.gone({ cause }).cause).toBe(cause);
    expect(Object.hasOwn(errors.gone(), 'cause')).toBe(false);
  });

  it('shares the spec of its catalogue, so that a host can check whether a route declares it', () => {
    expect(errors.gone().spec).toBe(errors.gone.spec);
    expect(errors.gone().spec).toBe(errors.gone({ detail: 'again' }).spec);
    expect(errors.gone().spec).not.toBe(errors.outOfStock.spec);
  });

  it('lists the bad fields of a request', () => {
    const fields = [{ pointer: '/name', location: 'body', code: 'too_small', message: 'must not be empty' }] as const;
    expect(errors.gone({ errors: fields }).errors).toEqual(fields);
  });
});
