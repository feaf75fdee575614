import type { Contract } from '@plinth/contract-kit';
import { headerComponents } from './headers.ts';
import { toOperation } from './operation.ts';
import { problemSchemas } from './problem-schema.ts';
import { createSchemaRegistry, type Json } from './schemas.ts';

export type OpenApiOptions = { readonly title: string; readonly contracts: readonly Contract[] };

const description = [
  'Errors are `application/problem+json` (RFC 9457): switch on `code`.',
  'Every GET also serves HEAD. A change needs the `ETag` of the version that it is meant for as `If-Match`.',
  'A write with an `Idempotency-Key` can be repeated safely.',
].join(' ');

/** Converts `/v1/users/:id` to OpenAPI's `/v1/users/{id}`. */
const toTemplate = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

/** Creates the OpenAPI 3.1 document of contracts. The result depends only on its arguments. */
export const createOpenApi = ({ title, contracts }: OpenApiOptions): Json => {
  const registry = createSchemaRegistry();
  const paths: Record<string, Json> = {};
  for (const contract of contracts) {
    for (const [operationId, route] of Object.entries(contract.routes)) {
      const path = toTemplate(route.path);
      const operation = toOperation(operationId, { contract, route, registry });
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation };
    }
  }
  const text = JSON.stringify(paths);
  const isUsed = ([name]: [string, unknown]): boolean => text.includes(`"#/components/headers/${name}"`);
  return {
    openapi: '3.1.0',
    info: {
      title,
      version: '1.0.0',
      description,
      contact: { name: 'Plinth', url: 'https://plinth.example' },
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The host that serves this document.' }],
    tags: contracts.map(({ name }) => ({ name, description: `The operations of the resource \`${name}\`.` })),
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      headers: Object.fromEntries(Object.entries(headerComponents).filter(isUsed)),
      schemas: { ...problemSchemas, ...registry.components },
    },
  };
};
