import { expect, it } from 'vitest';
import { z } from 'zod';
import { createSchemaBook } from './schemas.ts';

it('keeps a named schema once and refers to it', () => {
  const book = createSchemaBook();
  const Named = z.object({ a: z.string() }).meta({ id: 'SchemaBookNamed' });
  expect(book.of(z.array(Named))).toEqual({ type: 'array', items: { $ref: '#/components/schemas/SchemaBookNamed' } });
  expect(book.of(Named)).toEqual({ $ref: '#/components/schemas/SchemaBookNamed' });
  expect(book.components).toEqual({
    SchemaBookNamed: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
  });
});

it('refuses two shapes with one id', () => {
  const book = createSchemaBook();
  const one = z.object({ a: z.string() }).meta({ id: 'SchemaBookTwice' });
  book.of(z.array(one));
  z.globalRegistry.remove(one);
  const other = z.object({ a: z.number() }).meta({ id: 'SchemaBookTwice' });
  expect(() => book.of(z.array(other))).toThrow(
    "Two different schemas have the id 'SchemaBookTwice'. Rename one of them",
  );
});
