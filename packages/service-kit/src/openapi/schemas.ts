import { z } from 'zod';

export type Json = { [key: string]: unknown };

/** Gathers the named schemas (`.meta({ id })`) that the reference refers to, each once. */
export type SchemaBook = {
  /** The JSON schema of what travels, with references to the named ones. */
  readonly of: (schema: z.ZodType) => Json;
  readonly components: Json;
};

const toReference = (json: Json): Json =>
  JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;

/** @throws when two different schemas carry one id. */
export const createSchemaBook = (): SchemaBook => {
  const components: Json = {};
  const add = (id: string, schema: Json): void => {
    const known = components[id];
    if (known && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new TypeError(`Two different schemas have the id '${id}'. Rename one of them in its .meta({ id }).`);
    }
    components[id] = schema;
  };
  return {
    components,
    of: (schema) => {
      const json = toReference(
        z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' }) as Json,
      );
      const { $schema: _, $defs, ...rest } = json;
      for (const [id, definition] of Object.entries(($defs ?? {}) as Json)) {
        const { id: __, ...named } = definition as Json;
        add(id, named);
      }
      return rest;
    },
  };
};
