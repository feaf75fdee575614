import { z } from 'zod';

type Json = { [key: string]: unknown };

// Keywords of Zod's JSON schema that mongod's $jsonSchema does not know.
const unknownKeywords = new Set(['$schema', 'format', 'default', 'id', 'examples']);

const toBson = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(toBson);
  if (typeof node !== 'object' || node === null) return node;
  const out: Json = {};
  for (const [key, value] of Object.entries(node)) {
    if (unknownKeywords.has(key)) continue;
    if (key === 'properties') {
      out[key] = Object.fromEntries(Object.entries(value as Json).map(([name, schema]) => [name, toBson(schema)]));
    } else out[key] = toBson(value);
  }
  // `int | long` would refuse whole numbers from 2^31 on, which the driver sends as doubles.
  if (out['type'] === 'integer') {
    delete out['type'];
    return { bsonType: 'number', multipleOf: 1, ...out };
  }
  return out;
};

const isDate = (schema: z.core.$ZodType): boolean => (schema as z.core.$ZodTypes)._zod.def.type === 'date';

/**
 * Converts the schema of a document to a `$jsonSchema`, which no code can bypass. Unknown fields are refused. Refinements
 * have no form in JSON schema, so they are not part of it.
 */
export const toSchemaValidator = (schema: z.ZodType): { readonly $jsonSchema: Json } => {
  const json = z.toJSONSchema(schema, {
    target: 'draft-4',
    reused: 'inline',
    unrepresentable: 'any',
    // Without the ids of the API reference, because mongod knows no `$ref`.
    metadata: z.registry(),
    override: ({ zodSchema, jsonSchema }) => {
      if (isDate(zodSchema)) Object.assign(jsonSchema, { bsonType: 'date' });
    },
  });
  return { $jsonSchema: toBson(json) as Json };
};
