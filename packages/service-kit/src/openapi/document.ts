import { type Contract, getDeclaredErrors } from '@plinth/contract-kit';
import { headerComponents } from './headers.ts';
import { toOperation } from './operation.ts';
import { problemSchemas, toProblemExamples } from './problem-schema.ts';
import { createSchemaRegistry, type Json } from './schemas.ts';
import { shareRepeated } from './share-repeated.ts';

export type OpenApiOptions = { readonly title: string; readonly contracts: readonly Contract[] };

const description = `Send a token as \`Authorization: Bearer …\`. It names the organization, so no path and no body does.

- **Errors** are \`application/problem+json\` (RFC 9457). Switch on \`code\`; \`type\` is the address of a page about the error.
- **Lists** have pages: send \`nextCursor\` as \`cursor\` until it is \`null\`.
- **Changes** need the \`ETag\` of the version that they are meant for as \`If-Match\`.
- **Repetition**: a write with an \`Idempotency-Key\` can be repeated safely.
- **HEAD** is served for every GET.`;

/** Converts the name of a contract to a title: `pricing-rules` to `Pricing rules`. */
export const toTitle = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');

/** Converts `/v1/users/:id` to OpenAPI's `/v1/users/{id}`. */
export const toTemplate = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

/** Creates the OpenAPI 3.1 document of contracts. The result depends only on its arguments. */
export const createOpenApi = ({ title, contracts }: OpenApiOptions): Json => {
  const registry = createSchemaRegistry();
  const paths: Record<string, { [method: string]: Json }> = {};
  for (const contract of contracts) {
    for (const [operationId, route] of Object.entries(contract.routes)) {
      const path = toTemplate(route.path);
      const operation = toOperation(operationId, { contract, route, registry });
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation };
    }
  }
  const text = JSON.stringify(paths);
  const shared = shareRepeated(paths);
  const errors = contracts.flatMap(({ routes }) => Object.values(routes).flatMap(getDeclaredErrors));
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
    tags: contracts.map(({ name }) => ({
      name,
      'x-displayName': toTitle(name),
      description: `The operations of the resource \`${name}\`.`,
    })),
    paths: shared.paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      ...shared.components,
      examples: toProblemExamples(errors),
      headers: Object.fromEntries(Object.entries(headerComponents).filter(isUsed)),
      schemas: { ...problemSchemas, ...registry.components },
    },
  };
};
