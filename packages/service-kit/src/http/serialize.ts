import { getListItem, getSuccess, type RouteSpec } from '@plinth/contract-kit';
import fastJsonStringify from 'fast-json-stringify';
import { createSerializerCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';

/** Converts a response to its JSON text. */
export type Serialize = (response: unknown) => string;

/** `validated` checks every response against its schema; `compiled` trusts the types and is five times as fast. */
export type Serialization = 'validated' | 'compiled';

/** A response that its contract does not declare. */
export class UndeclaredResponse extends Error {
  override readonly name = 'UndeclaredResponse';
}

const compile = (schema: z.core.$ZodType): Serialize => {
  const json = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'output',
    reused: 'inline',
    unrepresentable: 'any',
    metadata: z.registry(),
    // fast-json-stringify would truncate 1.5 to 1 for an integer.
    override: ({ jsonSchema }) => {
      if (jsonSchema.type === 'integer') jsonSchema.type = 'number';
    },
  });
  return fastJsonStringify(json as Parameters<typeof fastJsonStringify>[0]) as Serialize;
};

/** Several routes send the same schema, and its compilation is a large part of a start. */
const compiled = new WeakMap<z.core.$ZodType, Serialize>();

const createCompiled = (schema: z.core.$ZodType): Serialize => {
  const serialize = compiled.get(schema) ?? compile(schema);
  compiled.set(schema, serialize);
  return serialize;
};

/** Returns the fields of `response` that are missing in `sent`, as JSON pointers. */
const findExcess = (response: unknown, sent: unknown, path: string): string[] => {
  if (typeof response !== 'object' || response === null || typeof sent !== 'object' || sent === null) return [];
  return Object.entries(response).flatMap(([key, value]) => {
    if (value === undefined) return [];
    return Object.hasOwn(sent, key)
      ? findExcess(value, (sent as Record<string, unknown>)[key], `${path}/${key}`)
      : [`${path}/${key}`];
  });
};

const createValidated = (schema: z.core.$ZodType, { method, path }: RouteSpec): Serialize => {
  const route = `${method} ${path}`;
  const serialize = createSerializerCompiler({})({ schema, method, url: path, httpStatus: '200' });
  const validate = (response: unknown): string => {
    try {
      return serialize(response);
    } catch (cause) {
      throw new UndeclaredResponse(
        `${route} sends a response that its schema refuses. Correct the mapper, or the schema.`,
        { cause },
      );
    }
  };
  return (response) => {
    const text = validate(response);
    const excess = findExcess(response, JSON.parse(text), '');
    if (excess.length === 0) return text;
    throw new UndeclaredResponse(
      `${route} sends ${excess.join(', ')}, which its contract does not declare. Remove it in the mapper, or declare it.`,
    );
  };
};

/** Creates the serializer of a route's success response; a 204 has no text. */
export const createSerializer = (route: RouteSpec, serialization: Serialization): Serialize => {
  const { status, schema } = getSuccess(route);
  if (status === 204) return () => '';
  return serialization === 'compiled' ? createCompiled(schema) : createValidated(schema, route);
};

const pick = (item: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(fields.filter((field) => item[field] !== undefined).map((field) => [field, item[field]]));

/** Keeps only the fields that `?fields=` names in each item of a serialized page. */
export const selectFields = (text: string, fields: readonly string[]): string => {
  const page = JSON.parse(text) as { items: Record<string, unknown>[] };
  return JSON.stringify({ ...page, items: page.items.map((item) => pick(item, fields)) });
};

/** True when a route accepts `?fields=`. */
export const acceptsFields = (route: RouteSpec): boolean => getListItem(route.query) !== undefined;
