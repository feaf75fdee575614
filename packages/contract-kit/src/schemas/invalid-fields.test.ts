import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toFieldMessage, toInvalidRequest } from './invalid-fields.ts';

const getError = (schema: z.ZodType, data: unknown, location: 'body' | 'query' = 'body') => {
  const { error } = schema.safeParse(data, { error: toFieldMessage });
  if (!error) throw new Error('The data is valid.');
  return toInvalidRequest(error, { location, data });
};
const getFields = (...input: Parameters<typeof getError>) => getError(...input).errors;

describe('a field that is not valid', () => {
  it.each<[z.ZodType, unknown, string]>([
    [z.string(), undefined, 'is required'],
    [z.string(), 1, 'must be a string'],
    [z.int(), 1.5, 'must be a whole number'],
    [z.boolean(), 'yes', 'must be true or false'],
    [z.array(z.string()), {}, 'must be a list'],
    [z.date(), 'now', 'must be of type date'],
    [z.literal('a'), 'b', 'must be a'],
    [z.enum(['a', 'b']), 'c', 'must be one of a, b'],
    [z.string().max(1), 'ab', 'must have at most 1 character'],
    [z.array(z.int()).min(2), [1], 'must have at least 2 items'],
    [z.int().max(5), 6, 'must be at most 5'],
    [z.number().lt(5), 5, 'must be less than 5'],
    [z.number().gt(5), 5, 'must be greater than 5'],
    [z.number().multipleOf(5), 6, 'must be a multiple of 5'],
    [z.string().regex(/^a$/), 'b', 'must match /^a$/'],
    [z.iso.date(), 'b', "must have the format 'date'"],
    [z.union([z.string(), z.int()]), true, 'is not valid'],
  ])('has a message in words: %#', (schema, value, message) => {
    expect(getFields(z.object({ field: schema }), { field: value })).toMatchObject([
      { pointer: '/field', location: 'body', message },
    ]);
  });

  it('keeps the message of its schema, and the code of a custom rule', () => {
    const Named = z.object({
      field: z.string().refine(() => false, { message: 'must rhyme', params: { code: 'rhyme' } }),
    });
    expect(getFields(Named, { field: 'a' })).toMatchObject([{ code: 'rhyme', message: 'must rhyme' }]);
    expect(getError(Named, { field: 'a' }).detail).toBe('body/field: must rhyme.');
  });

  it('has a pointer as in RFC 6901', () => {
    const Nested = z.object({ 'a/b': z.array(z.object({ '~': z.int() })) });
    expect(getFields(Nested, { 'a/b': [{ '~': 'x' }] })).toMatchObject([{ pointer: '/a~1b/0/~0' }]);
  });
});

it('names unknown fields and parameters', () => {
  const Empty = z.strictObject({});
  expect(getFields(Empty, { role: 1 })).toMatchObject([
    { pointer: '/role', code: 'unknown-field', message: "'role' is not a field of this object" },
  ]);
  expect(getFields(Empty, { role: '1' }, 'query')).toMatchObject([
    { message: "'role' is not a parameter of this route" },
  ]);
});

it('names a parameter that is sent twice', () => {
  const Limit = z.strictObject({ limit: z.string() });
  expect(getFields(Limit, { limit: ['1', '2'] }, 'query')).toMatchObject([
    { pointer: '/limit', code: 'repeated-parameter', message: 'must be sent only once' },
  ]);
});

it('boundary: names at most twenty fields, and says how many there are', () => {
  const Empty = z.strictObject({});
  const toData = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, 1]));
  expect(getError(Empty, toData(20)).detail).not.toContain('names the first');
  const { errors, detail } = getError(Empty, toData(21));
  expect(errors).toHaveLength(20);
  expect(detail).toContain('`errors` names the first 20 of 21.');
});
