import { z } from 'zod';

export type Json = { readonly [key: string]: unknown };

/** Collects the named schemas (`.meta({ id })`) of one document, each once. */
export type SchemaRegistry = {
  /** The named schemas so far. */
  readonly components: { readonly [id: string]: Json };
  /** Adds a named schema. @returns its reference. @throws when another schema has this id. */
  add(id: string, schema: Json): Json;
  /** Converts a schema in its wire form. A named schema becomes a reference. */
  toJson(schema: z.core.$ZodType): Json;
  /** Returns a schema with its example, which its component then does not repeat. */
  toMedia(schema: z.core.$ZodType): { readonly schema: Json; readonly example?: unknown };
  /** Returns the schema that a reference refers to; any other schema as it is. */
  resolve(schema: Json): Json;
};

const referencePrefix = '#/components/schemas/';

// Draft 7 has its definitions under another key.
const toReferences = (json: object): Json =>
  JSON.parse(JSON.stringify(json).replaceAll(/"#\/(?:\$defs|definitions)\//g, `"${referencePrefix}`)) as Json;

/** Creates the registry of a document: OpenAPI 3.1 has schemas of draft 2020-12, AsyncAPI 3.0 those of draft 7. */
export const createSchemaRegistry = (target: 'draft-2020-12' | 'draft-7' = 'draft-2020-12'): SchemaRegistry => {
  const components: { [id: string]: Json } = {};
  const shown = new Set<string>();
  const withoutShown = (id: string, { examples, ...schema }: Json): Json =>
    examples === undefined || shown.has(id) ? schema : { ...schema, examples };
  const add = (id: string, added: Json): Json => {
    const known = components[id];
    const schema = withoutShown(id, added);
    if (known && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new TypeError(`Two different schemas have the id '${id}'. Rename one of them in its .meta({ id }).`);
    }
    components[id] = schema;
    return { $ref: `${referencePrefix}${id}` };
  };
  const toJson = (schema: z.core.$ZodType): Json => {
    const {
      $schema: _,
      $defs,
      definitions = $defs,
      ...json
    } = toReferences(z.toJSONSchema(schema, { target, io: 'input', unrepresentable: 'any' }));
    for (const [id, definition] of Object.entries((definitions ?? {}) as Record<string, Json>)) {
      const { id: __, ...named } = definition;
      add(id, named);
    }
    return json;
  };
  const toMedia = (schema: z.core.$ZodType) => {
    const json = toJson(schema);
    const { id, examples } = z.globalRegistry.get(schema) ?? {};
    const [example] = (examples ?? []) as readonly unknown[];
    if (example === undefined) return { schema: json };
    if (id !== undefined) {
      shown.add(id);
      components[id] = withoutShown(id, components[id] ?? {});
    }
    return { schema: json, example };
  };
  return {
    components,
    add,
    toJson,
    toMedia,
    resolve: (schema) => {
      const reference = schema['$ref'];
      return typeof reference === 'string' ? (components[reference.slice(referencePrefix.length)] ?? schema) : schema;
    },
  };
};
