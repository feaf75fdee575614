import type { ApiError } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { validatorCompiler } from './validation.ts';

const validate = (schema: z.ZodType, data: unknown, httpPart = 'body') => {
  const { error } = validatorCompiler({ schema, httpPart, method: 'POST', url: '/' })(data) as { error?: ApiError };
  return error?.errors;
};

describe('the message of an invalid field', () => {
  it.each<[z.ZodType, unknown, string, string]>([
    [z.string(), undefined, 'invalid-type', 'is required'],
    [z.enum(['a', 'b']), undefined, 'invalid-value', 'is required'],
    [z.string(), 7, 'invalid-type', 'must be a string'],
    [z.int(), 1.5, 'invalid-type', 'must be a whole number'],
    [z.boolean(), 'yes', 'invalid-type', 'must be true or false'],
    [z.object({}), [], 'invalid-type', 'must be an object'],
    [z.array(z.string()), {}, 'invalid-type', 'must be a list'],
    [z.bigint(), 7, 'invalid-type', 'must be of type bigint'],
    [z.enum(['a', 'b']), 'c', 'invalid-value', 'must be one of a, b'],
    [z.literal('a'), 'c', 'invalid-value', 'must be a'],
    [z.string().max(200), 'a'.repeat(201), 'too-big', 'must have at most 200 characters'],
    [z.string().min(1), '', 'too-small', 'must have at least 1 character'],
    [z.array(z.string()).max(2), ['a', 'b', 'c'], 'too-big', 'must have at most 2 items'],
    [z.number().max(9), 10, 'too-big', 'must be at most 9'],
    [z.number().min(9), 8, 'too-small', 'must be at least 9'],
    [z.number().lt(9), 9, 'too-big', 'must be less than 9'],
    [z.number().gt(9), 9, 'too-small', 'must be greater than 9'],
    [z.number().multipleOf(5), 9, 'not-multiple-of', 'must be a multiple of 5'],
    [z.string().regex(/^a$/), 'b', 'invalid-format', 'must match /^a$/'],
    [z.iso.date(), 'b', 'invalid-format', "must have the format 'date'"],
    [z.union([z.string(), z.number()]), true, 'invalid-union', 'is not valid'],
    [z.string().refine(() => false), 'b', 'custom', 'is not valid'],
    [z.string().refine(() => false, { error: 'must be odd', params: { code: 'even' } }), 'b', 'even', 'must be odd'],
  ])('%#: says what is allowed in plain words', (schema, value, code, message) => {
    const data = value === undefined ? {} : { field: value };
    expect(validate(z.object({ field: schema }), data)).toEqual([
      { pointer: '/field', location: 'body', code, message },
    ]);
  });
});

it('the pointer of an unknown field has the path of its object', () => {
  const schema = z.object({ 'a/b': z.strictObject({}) });
  expect(validate(schema, { 'a/b': { '~': 1 } })).toEqual([
    { pointer: '/a~1b/~0', location: 'body', code: 'unknown-field', message: "'~' is not a field of this object" },
  ]);
});

it('a list in a body is not a repeated parameter', () => {
  expect(validate(z.object({ field: z.string() }), { field: ['a', 'b'] })).toMatchObject([{ code: 'invalid-type' }]);
});
