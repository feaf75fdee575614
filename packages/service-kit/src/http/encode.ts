import { getListItem, getSuccess, type RouteSpec } from '@plinth/contract-kit';
import fastJsonStringify from 'fast-json-stringify';
import { createSerializerCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';

/** Turns an answer into its JSON text. */
export type Encode = (answer: unknown) => string;

/** `checked` validates every answer; `compiled` trusts the types and is five times as fast. */
export type AnswerMode = 'checked' | 'compiled';

const compiled = (schema: z.ZodType): Encode => {
  const json = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'output',
    reused: 'inline',
    unrepresentable: 'any',
    metadata: z.registry(),
    // fast-json-stringify would cut 1.5 to 1 and call it an integer.
    override: ({ jsonSchema }) => {
      if (jsonSchema.type === 'integer') jsonSchema.type = 'number';
    },
  });
  return fastJsonStringify(json as Parameters<typeof fastJsonStringify>[0]) as Encode;
};

const excessOf = (answer: unknown, sent: unknown, path: string): string[] => {
  if (typeof answer !== 'object' || answer === null || typeof sent !== 'object' || sent === null) return [];
  return Object.entries(answer).flatMap(([key, value]) => {
    if (value === undefined) return [];
    return Object.hasOwn(sent, key)
      ? excessOf(value, (sent as Record<string, unknown>)[key], `${path}/${key}`)
      : [`${path}/${key}`];
  });
};

/** An answer that its contract does not declare. */
export class UndeclaredAnswer extends Error {
  override readonly name = 'UndeclaredAnswer';
}

const valid = (serialize: () => string, route: string): string => {
  try {
    return serialize();
  } catch (cause) {
    throw new UndeclaredAnswer(
      `${route} answers with what its contract's schema refuses. Correct the mapper, or the schema.`,
      {
        cause,
      },
    );
  }
};

const checked = (schema: z.ZodType, { method, path }: RouteSpec): Encode => {
  const serialize = createSerializerCompiler({})({ schema, method, url: path, httpStatus: '200' });
  return (answer) => {
    const text = valid(() => serialize(answer), `${method} ${path}`);
    const excess = excessOf(answer, JSON.parse(text), '');
    if (excess.length > 0) {
      throw new UndeclaredAnswer(
        `${method} ${path} answers with ${excess.join(', ')}, which its contract does not declare. Leave it out in the mapper, or declare it.`,
      );
    }
    return text;
  };
};

/** The encoder of a route's success; a 204 has no text. */
export const encoderOf = (route: RouteSpec, mode: AnswerMode): Encode => {
  const { status, schema } = getSuccess(route);
  if (status === 204) return () => '';
  return mode === 'compiled' ? compiled(schema) : checked(schema, route);
};

const pick = (item: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(fields.filter((field) => item[field] !== undefined).map((field) => [field, item[field]]));

/** Leaves only the fields that the caller asked for by `?fields=` in each item of an encoded page. */
export const sparse = (text: string, fields: readonly string[]): string => {
  const page = JSON.parse(text) as { items: Record<string, unknown>[] };
  return JSON.stringify({ ...page, items: page.items.map((item) => pick(item, fields)) });
};

/** True when a route takes `?fields=`. */
export const isSparse = (route: RouteSpec): boolean => getListItem(route.query) !== undefined;
