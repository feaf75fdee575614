import { expect, it } from 'vitest';
import { z } from 'zod';
import { createSchemaRegistry } from './schemas.ts';

it('keeps a named schema once and refers to it', () => {
  const registry = createSchemaRegistry();
  const Named = z.object({ a: z.string() }).meta({ id: 'RegistryNamed' });
  const reference = { $ref: '#/components/schemas/RegistryNamed' };
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
  expect(registry.toJson(z.array(Named))).toEqual({ type: 'array', items: reference });
  expect(registry.toJson(Named)).toEqual(reference);
  expect(registry.components).toEqual({ RegistryNamed: schema });
  expect(registry.resolve(reference)).toEqual(schema);
});

it('refuses two schemas with one id', () => {
  const registry = createSchemaRegistry();
  const first = z.object({ a: z.string() }).meta({ id: 'RegistryTwice' });
  registry.toJson(z.array(first));
  z.globalRegistry.remove(first);
  const second = z.object({ a: z.number() }).meta({ id: 'RegistryTwice' });
  expect(() => registry.toJson(z.array(second))).toThrow(
    "Two different schemas have the id 'RegistryTwice'. Rename one of them",
  );
});
