import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { classifiedFields, type DataClass, dataClasses, pii, secret } from './data-class.ts';

const getClasses = (...schemas: z.core.$ZodType[]): Record<string, DataClass> =>
  Object.fromEntries(classifiedFields(schemas));
const text = z.string();

describe.each([
  ['pii', pii],
  ['secret', secret],
] as const)('%s survives', (dataClass, mark) => {
  const marked = mark(z.string());
  it.each<[string, z.core.$ZodType]>([
    ['no change', marked],
    ['.optional()', marked.optional()],
    ['.nullable()', marked.nullable()],
    ['.nullish()', marked.nullish()],
    ['.default()', marked.default('')],
    ['.prefault()', marked.prefault('')],
    ['.catch()', marked.catch('')],
    ['.readonly()', marked.readonly()],
    ['.nonoptional()', marked.optional().nonoptional()],
    ['.describe()', marked.describe('A code.')],
    ['.meta()', marked.meta({ title: 'It' })],
    ['.brand()', marked.brand('It')],
    ['.min() and .max()', marked.min(1).max(9)],
    ['.regex()', marked.regex(/a/)],
    ['.trim()', marked.trim()],
    ['.refine()', marked.refine((value) => value !== 'b')],
    ['.transform()', marked.transform((value) => value.length)],
    ['.pipe() to another schema', marked.pipe(z.string())],
    ['.pipe() from another schema', z.string().pipe(marked)],
    ['a codec', z.codec(marked, z.string(), { decode: (value) => value, encode: (value) => value })],
    ['an array', z.array(marked)],
    ['a set', z.set(marked)],
    ['a record', z.record(z.string(), marked)],
    ['a map', z.map(z.string(), marked)],
    ['a tuple', z.tuple([z.string(), marked])],
    ['the rest of a tuple', z.tuple([z.string()], marked)],
    ['a union', z.union([z.number(), marked])],
    ['an intersection', z.intersection(z.string(), marked)],
    ['z.lazy', z.lazy(() => marked)],
    ['a catchall of an object', z.object({}).catchall(marked)],
    ['a combination of these', z.array(z.union([z.null(), z.lazy(() => marked.optional())])).default([])],
  ])('%s', (_, schema) => {
    expect(getClasses(z.object({ field: schema, other: z.string() }))).toEqual({ field: dataClass });
  });
});

describe('classifiedFields', () => {
  it('finds fields at any depth and in every schema, and no others', () => {
    const Contact = z.object({ name: pii(z.string()), age: z.number() });
    const Page = z.object({ items: z.array(Contact), nextCursor: z.string().nullable() });
    expect(getClasses(Page, z.object({ password: secret(z.string()) }))).toEqual({ name: 'pii', password: 'secret' });
  });

  it('finds the fields of each kind of a discriminated union', () => {
    const Card = z.object({ kind: z.literal('card'), number: secret(z.string()) });
    const Transfer = z.object({ kind: z.literal('transfer'), iban: pii(z.string()) });
    expect(getClasses(z.discriminatedUnion('kind', [Card, Transfer]))).toEqual({ number: 'secret', iban: 'pii' });
  });

  it('names a classified object and the classified fields in it', () => {
    const Address = pii(z.object({ street: z.string(), doorCode: secret(z.string()) }));
    expect(getClasses(z.object({ address: Address }))).toEqual({ address: 'pii', doorCode: 'secret' });
  });

  it('keeps the class of an object that was extended from classified fields', () => {
    const Contact = z.object({ name: pii(z.string()) });
    expect(getClasses(Contact.extend({ age: z.number() }).partial())).toEqual({ name: 'pii' });
  });

  it('finds nothing in schemas without classified fields', () => {
    expect(getClasses(z.object({ a: text, b: z.enum(['c']) }), z.any(), z.void())).toEqual({});
  });

  it('has no name for a classified schema that is not a property', () => {
    expect(getClasses(pii(z.string()))).toEqual({});
  });

  it('returns every name that a schema is used under', () => {
    const name = pii(z.string());
    expect(getClasses(z.object({ first: name, last: name }))).toEqual({ first: 'pii', last: 'pii' });
  });

  it('ends on a schema that refers to itself by z.lazy', () => {
    const Node: z.core.$ZodType = z.lazy(() => z.object({ label: pii(z.string()), children: z.array(Node) }));
    expect(getClasses(Node)).toEqual({ label: 'pii' });
  });

  it('ends on schemas that refer to each other by getters', () => {
    const Contact = z.object({
      name: pii(z.string()),
      get team(): z.core.$ZodType {
        return Team.optional();
      },
    });
    const Team = z.object({ token: secret(z.string()), members: z.array(Contact) });
    expect(getClasses(Contact)).toEqual({ name: 'pii', token: 'secret' });
  });
});

describe('a secret wins over personal data', () => {
  const hidden = z.object({ code: secret(z.string()) });
  const shown = z.object({ code: pii(z.string()) });

  it('whichever schema comes first', () => {
    expect(getClasses(hidden, shown)).toEqual({ code: 'secret' });
    expect(getClasses(shown, hidden)).toEqual({ code: 'secret' });
  });

  it.each<[string, z.core.$ZodType]>([
    ['pii(secret(…))', pii(secret(z.string()))],
    ['secret(pii(…))', secret(pii(z.string()))],
    ['pii(secret(…).optional())', pii(secret(z.string()).optional())],
    ['secret(pii(…).optional())', secret(pii(z.string()).optional())],
    ['pii(secret(…).min(1))', pii(secret(z.string()).min(1))],
  ])('on one schema: %s', (_, code) => {
    expect(getClasses(z.object({ code }))).toEqual({ code: 'secret' });
  });
});

it('keeps the class out of the API reference', () => {
  const field = pii(z.string().describe('A name.'));
  expect(z.toJSONSchema(field)).toEqual({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'string',
    description: 'A name.',
  });
  expect(dataClasses.get(field)).toEqual({ dataClass: 'pii' });
});
