import type { Contract } from '@plinth/contract-kit';
import { operationOf } from './operation.ts';
import { createSchemaBook, type Json } from './schemas.ts';

const fieldError: Json = {
  type: 'object',
  required: ['pointer', 'location', 'code', 'message'],
  properties: {
    pointer: { type: 'string', description: 'A JSON pointer inside `location`.' },
    location: { enum: ['body', 'query', 'params', 'header'] },
    code: { type: 'string' },
    message: { type: 'string' },
  },
};

const problem: Json = {
  type: 'object',
  description: 'What went wrong, RFC 9457. Switch on `code`; `fix` says what to do next.',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'fix', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string' },
    fix: { type: 'string' },
    requestId: { type: 'string' },
    errors: { type: 'array', items: fieldError },
    data: { type: 'object' },
  },
};

/** `/v1/users/:id` as OpenAPI writes it. */
const toTemplate = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

/** The OpenAPI 3.1 reference of some contracts. Pure: the same contracts give the same document. */
export const createOpenApi = (title: string, contracts: readonly Contract[]): Json => {
  const book = createSchemaBook();
  const paths: Record<string, Json> = {};
  for (const contract of contracts) {
    for (const [operationId, route] of Object.entries(contract.routes)) {
      const path = toTemplate(route.path);
      paths[path] = {
        ...paths[path],
        [route.method.toLowerCase()]: operationOf(operationId, { contract, route, book }),
      };
    }
  }
  return {
    openapi: '3.1.0',
    info: { title, version: '1' },
    servers: [{ url: '/' }],
    tags: contracts.map(({ name }) => ({ name })),
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      headers: {
        ETag: {
          description: 'The version of the resource, for `If-Match` and `If-None-Match`.',
          schema: { type: 'string' },
        },
        'Idempotency-Replayed': {
          description: '`true` when this is the first answer to the key again, and nothing was done.',
          schema: { type: 'string', enum: ['true'] },
        },
        RateLimit: {
          description:
            'On every answer that a limit counts: what is left (`r`) of the limit that is nearest to its end, and in how many seconds it is whole again (`t`).',
          schema: { type: 'string', example: '"subject";r=299;t=1' },
        },
        'RateLimit-Policy': {
          description: 'That limit: so many requests (`q`) in so many seconds (`w`).',
          schema: { type: 'string', example: '"subject";q=300;w=60' },
        },
        'Retry-After': {
          description: 'After so many seconds the request may be sent again.',
          schema: { type: 'integer', minimum: 1 },
        },
        'X-Request-Id': { description: 'Names this request in our logs.', schema: { type: 'string' } },
      },
      schemas: { ...book.components, Problem: problem },
    },
  };
};
