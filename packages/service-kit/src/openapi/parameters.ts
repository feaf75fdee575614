import {
  acceptsIdempotencyKey,
  hasVersion,
  type RouteSpec,
  requiresIdempotencyKey,
  requiresVersion,
} from '@plinth/contract-kit';
import type { z } from 'zod';
import { tagListPattern } from '../http/conditional-requests.ts';
import type { Json, SchemaRegistry } from './schemas.ts';

type ObjectSchema = { readonly properties?: Record<string, Json>; readonly required?: readonly string[] };

const toParameters = (
  schema: z.core.$ZodType | undefined,
  { location, registry }: { readonly location: 'path' | 'query'; readonly registry: SchemaRegistry },
): Json[] => {
  if (!schema) return [];
  const { properties = {}, required = [] } = registry.resolve(registry.toJson(schema)) as ObjectSchema;
  return Object.entries(properties).map(([name, property]) => {
    const { description: _, ...rest } = property;
    const { description } = registry.resolve(property) as { readonly description?: string };
    return {
      name,
      in: location,
      required: location === 'path' || required.includes(name),
      ...(description !== undefined && { description }),
      schema: rest,
    };
  });
};

/** A key of 1 to 255 printable characters, bare or as a quoted string. */
const keyForm = '^(?:[!#-~](?:[ -~]{0,253}[!-~])?|"(?:[ !#-\\[\\]-~]|\\\\["\\\\]){1,255}")$';

const ifMatch: Json = {
  name: 'If-Match',
  in: 'header',
  required: true,
  description: 'The `ETag` of the version that the change is meant for.',
  schema: { type: 'string', pattern: tagListPattern },
  example: '"3"',
};

const ifNoneMatch: Json = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'The `ETag` that the client has. If it is still current, the response is 304 without a body.',
  schema: { type: 'string' },
  example: '"3"',
};

const toIdempotencyKey = (route: RouteSpec): Json => ({
  name: 'Idempotency-Key',
  in: 'header',
  required: requiresIdempotencyKey(route),
  description:
    'A random key of your own, 1 to 255 printable characters. For a day, the same request with the same key receives the first response.',
  schema: { type: 'string', pattern: keyForm },
});

/** Returns the parameters of an operation: those of its contract, and the headers that its shape implies. */
export const listParameters = (route: RouteSpec, registry: SchemaRegistry): Json[] => [
  ...toParameters(route.params, { location: 'path', registry }),
  ...toParameters(route.query, { location: 'query', registry }),
  ...(requiresVersion(route) ? [ifMatch] : []),
  ...(route.method === 'GET' && hasVersion(route) ? [ifNoneMatch] : []),
  ...(acceptsIdempotencyKey(route) ? [toIdempotencyKey(route)] : []),
];
