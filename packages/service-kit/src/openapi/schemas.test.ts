import { expect, it } from 'vitest';
import { z } from 'zod';
import { createSchemaRegistry } from './schemas.ts';

it('keeps a named schema once and refers to it', () => {
  const registry = createSchemaRegistry();
  const Named = z.object({ a: z.string() }).meta({ id: 'SchemaRegistryNamed' });
  expect(registry.toJson(z.array(Named))).toEqual({
    type: 'array',
    items: { $ref: '#/components/schemas/SchemaRegistryNamed' },
  });
  expect(registry.toJson(Named)).toEqual({ $ref: '#/components/schemas/SchemaRegistryNamed' });
  expect(registry.components).toEqual({
    SchemaRegistryNamed: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
  });
});

it('refuses two shapes with one id', () => {
  const registry = createSchemaRegistry();
  const one = z.object({ a: z.string() }).meta({ id: 'SchemaRegistryTwice' });
  registry.toJson(z.array(one));
  z.globalRegistry.remove(one);
  const other = z.object({ a: z.number() }).meta({ id: 'SchemaRegistryTwice' });
  expect(() => registry.toJson(z.array(other))).toThrow(
    "Two different schemas have the id 'SchemaRegistryTwice'. Rename one of them",
  );
});
