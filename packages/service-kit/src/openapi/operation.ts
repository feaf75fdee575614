import {
  type Contract,
  type DeclaredError,
  getListItem,
  getSuccess,
  type RouteSpec,
  toCacheControl,
} from '@plinth/contract-kit';
import type { z } from 'zod';
import { hasVersion, needsVersion } from '../http/conditions.ts';
import { declaredErrors } from '../http/declared.ts';
import { takesKey } from '../http/idempotency.ts';
import { ndjson } from '../http/stream.ts';
import type { Json, SchemaBook } from './schemas.ts';

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No content',
};

const parametersOf = (schema: z.ZodType | undefined, place: 'path' | 'query', book: SchemaBook): Json[] => {
  if (!schema) return [];
  const { properties = {}, required = [] } = book.of(schema) as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property as Json;
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(description !== undefined && { description }),
      schema: rest,
    };
  });
};

/** With `?fields=` an item has only the fields that were asked for. */
const withSparse = (page: Json, item: z.ZodObject | undefined, book: SchemaBook): Json => {
  if (!item) return page;
  const properties = (page['properties'] ?? {}) as Json;
  const sparseItem = book.of(item.partial());
  return { anyOf: [page, { ...page, properties: { ...properties, items: { type: 'array', items: sparseItem } } }] };
};

/** A list of entity tags, as `If-Match` takes it: strong ones that it means, weak ones that match nothing. */
const tagList = '^(?:W/)?"[!#-~]*"(?:[ \\t]*,[ \\t]*(?:W/)?"[!#-~]*")*$';

/** A key of 1 to 255 printable characters, bare or as a quoted string. */
const keyForm = '^(?:[!#-~](?:[ -~]{0,253}[!-~])?|"(?:[ !#-\\[\\]-~]|\\\\["\\\\]){1,255}")$';

/** The headers by which a caller says which version it has seen. */
const conditionsOf = (route: RouteSpec): Json[] => {
  if (needsVersion(route)) {
    const description = 'The `ETag` of the version that the change is meant for.';
    return [
      {
        name: 'If-Match',
        in: 'header',
        required: true,
        description,
        schema: { type: 'string', pattern: tagList, example: '"3"' },
      },
    ];
  }
  if (route.method !== 'GET' || !hasVersion(route)) return [];
  const description = 'The `ETag` that the caller has; if it is still the right one, the answer is 304 without a body.';
  return [{ name: 'If-None-Match', in: 'header', required: false, description, schema: { type: 'string' } }];
};

/** The header by which a caller may send a request again without a second effect. */
const keysOf = (route: RouteSpec): Json[] =>
  takesKey(route)
    ? [
        {
          name: 'Idempotency-Key',
          in: 'header',
          required: route.idempotency === 'required',
          description:
            'A random key of your own, 1 to 255 printable characters. The same request with the same key is answered with the first answer, for a day.',
          schema: { type: 'string', pattern: keyForm },
        },
      ]
    : [];

const referTo = (...names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const limitHeaders = referTo('RateLimit', 'RateLimit-Policy');

const cachingOf = (route: RouteSpec): Json => {
  const control = toCacheControl(route);
  if (control === undefined) return {};
  const description = 'For how many seconds the answer may be kept, and whether by the caller alone.';
  return { 'Cache-Control': { description, schema: { type: 'string', const: control } } };
};

const headersOf = (route: RouteSpec): Json => ({
  ...limitHeaders,
  'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
  ...cachingOf(route),
  ...(hasVersion(route) && { ETag: { $ref: '#/components/headers/ETag' } }),
  ...(takesKey(route) && { 'Idempotency-Replayed': { $ref: '#/components/headers/Idempotency-Replayed' } }),
});

/** The first example in the metadata of a schema. */
const exampleOf = (schema: z.ZodType): Json => {
  const [example] = (schema.meta()?.['examples'] ?? []) as readonly unknown[];
  return example === undefined ? {} : { example };
};

const successResponse = (route: RouteSpec, book: SchemaBook): Json => {
  const { status, schema } = getSuccess(route);
  return {
    [status]: {
      description: reasons[status],
      headers: headersOf(route),
      ...(status !== 204 && {
        content: {
          [route.stream ? ndjson : 'application/json']: {
            schema: withSparse(book.of(schema), getListItem(route.query), book),
            ...exampleOf(schema),
          },
        },
      }),
    },
    ...(route.method === 'GET' &&
      hasVersion(route) && { 304: { description: 'Not modified', headers: headersOf(route) } }),
  };
};

const errorExample = (error: DeclaredError): Json => ({
  summary: error.title,
  value: {
    type: `https://plinth.example/errors/${error.domain}/${error.code}`,
    title: error.title,
    status: error.status,
    detail: error.title,
    instance: '/v1/…',
    code: error.code,
    fix: error.fix,
    requestId: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d',
  },
});

const errorResponses = (route: RouteSpec, book: SchemaBook): Json => {
  const byStatus = Map.groupBy(declaredErrors(route), ({ status }) => status);
  return Object.fromEntries(
    [...byStatus]
      .sort(([left], [right]) => left - right)
      .map(([status, errors]) => {
        const withData = errors.filter(({ data }) => data);
        const data =
          withData.length === 1 && errors.length === 1 ? { data: book.of(withData[0]?.data as z.ZodType) } : {};
        const schema = {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            {
              type: 'object',
              properties: { status: { const: status }, code: { enum: errors.map(({ code }) => code) }, ...data },
            },
          ],
        };
        return [
          status,
          {
            description: errors.map(({ title }) => title).join(' '),
            ...(status === 429 && { headers: { ...limitHeaders, ...referTo('Retry-After') } }),
            content: {
              'application/problem+json': {
                schema,
                examples: Object.fromEntries(errors.map((error) => [error.code, errorExample(error)])),
              },
            },
          },
        ];
      }),
  );
};

const securityOf = ({ auth }: RouteSpec): Json => ({
  security: auth === 'public' ? [] : [{ bearer: [] }],
  ...(typeof auth === 'object' && {
    'x-permission': auth.policy,
    ...(auth.orSelf !== undefined && { 'x-or-self': auth.orSelf }),
  }),
});

const mediaTypesOf = ({ method }: RouteSpec): readonly string[] =>
  method === 'PATCH' ? ['application/merge-patch+json', 'application/json'] : ['application/json'];

const bodyOf = (schema: z.ZodType, book: SchemaBook): Json => ({ schema: book.of(schema), ...exampleOf(schema) });

/** One operation of the reference, from its contract alone. */
export const operationOf = (
  operationId: string,
  { contract, route, book }: { contract: Contract; route: RouteSpec; book: SchemaBook },
): Json => ({
  operationId,
  summary: route.summary,
  ...(route.description !== undefined && { description: route.description }),
  tags: [contract.name],
  ...securityOf(route),
  parameters: [
    ...parametersOf(route.params, 'path', book),
    ...parametersOf(route.query, 'query', book),
    ...conditionsOf(route),
    ...keysOf(route),
  ],
  ...(route.body && {
    requestBody: {
      required: true,
      content: Object.fromEntries(mediaTypesOf(route).map((type) => [type, bodyOf(route.body as z.ZodType, book)])),
    },
  }),
  responses: { ...successResponse(route, book), ...errorResponses(route, book) },
});
