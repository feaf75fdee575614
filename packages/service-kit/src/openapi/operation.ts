import { type Contract, type DeclaredError, listItemOf, type RouteSpec, successOf } from '@plinth/kernel';
import type { z } from 'zod';
import { declaredErrors } from '../http/declared.ts';
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

const successResponse = (route: RouteSpec, book: SchemaBook): Json => {
  const { status, schema } = successOf(route);
  const example = route.examples?.response;
  return {
    [status]: {
      description: reasons[status],
      headers: { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' } },
      ...(status !== 204 && {
        content: {
          'application/json': {
            schema: withSparse(book.of(schema), listItemOf(route.query), book),
            ...(example !== undefined && { example }),
          },
        },
      }),
    },
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
  parameters: [...parametersOf(route.params, 'path', book), ...parametersOf(route.query, 'query', book)],
  ...(route.body && {
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: book.of(route.body),
          ...(route.examples?.body !== undefined && { example: route.examples.body }),
        },
      },
    },
  }),
  responses: { ...successResponse(route, book), ...errorResponses(route, book) },
});
