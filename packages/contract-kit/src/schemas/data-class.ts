import { z } from 'zod';

/** The class that decides how a field is redacted in logs, traces and audits. */
export type DataClass = 'pii' | 'secret';

/** The schemas with classified data. The class is kept in a registry of its own, so it never reaches OpenAPI. */
export const dataClasses = z.registry<{ dataClass: DataClass }>();

const classify = <S extends z.core.$ZodType>(schema: S, dataClass: DataClass): S => {
  if (dataClasses.get(schema)?.dataClass !== 'secret') dataClasses.add(schema, { dataClass });
  return schema;
};

/** Marks a schema, and every schema refined from it, as personal data. It marks all uses, so never mark a shared schema. */
export const pii = <S extends z.core.$ZodType>(schema: S): S => classify(schema, 'pii');

/** Marks a schema as a secret, which is never logged, not even in part. A secret that is also personal data stays a secret. */
export const secret = <S extends z.core.$ZodType>(schema: S): S => classify(schema, 'secret');

const getChildren = (schema: z.core.$ZodType): readonly z.core.$ZodType[] => {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'array':
      return [def.element];
    case 'record':
    case 'map':
    case 'set':
      return [def.valueType];
    case 'union':
      return def.options;
    case 'intersection':
      return [def.left, def.right];
    case 'tuple':
      return def.rest ? [...def.items, def.rest] : def.items;
    case 'pipe':
      return [def.in, def.out];
    case 'lazy':
      return [def.getter()];
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'catch':
    case 'readonly':
    case 'success':
      return [def.innerType];
    default:
      return [];
  }
};

/**
 * Returns the names of the classified properties anywhere inside `schemas`, with their class.
 * A name that is a secret in one schema is a secret in all.
 */
export const classifiedFields = (schemas: readonly z.core.$ZodType[]): ReadonlyMap<string, DataClass> => {
  const fields = new Map<string, DataClass>();
  const visited = new Map<z.core.$ZodType, Set<string | undefined>>();
  // `name` is the nearest property name; wrappers (optional, array, …) pass it on to what they wrap.
  const visit = (schema: z.core.$ZodType, name: string | undefined): void => {
    const names = visited.get(schema) ?? new Set();
    if (names.has(name)) return;
    visited.set(schema, names.add(name));
    const dataClass = dataClasses.get(schema)?.dataClass;
    if (dataClass && name !== undefined && fields.get(name) !== 'secret') fields.set(name, dataClass);
    if (schema instanceof z.core.$ZodObject) {
      const { shape, catchall } = schema._zod.def;
      for (const [key, child] of Object.entries(shape)) visit(child, key);
      // The names of a catchall are unknown, so the property that holds the object is classified.
      if (catchall) visit(catchall, name);
      return;
    }
    for (const child of getChildren(schema)) visit(child, name);
  };
  for (const schema of schemas) visit(schema, undefined);
  return fields;
};
