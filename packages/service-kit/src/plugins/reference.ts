import type { Contract, DeclaredError } from '@plinth/contract-kit';
import type { RouteHandlerMethod } from 'fastify';
import fp from 'fastify-plugin';
import { staticResponse } from '../http/caching.ts';
import { listErrors } from '../http/declared-errors.ts';
import { readMethods } from '../http/route-config.ts';
import { createOpenApi } from '../openapi/document.ts';

export type ReferenceOptions = { readonly title: string; readonly contracts: readonly Contract[] };

const toPage = ({ domain, code, status, title, fix }: DeclaredError): string =>
  `# ${code}\n\n${title}\n\n- Domain: ${domain}\n- Status: ${status}\n- What to do: ${fix}\n`;

/** Adds the API reference: the OpenAPI document, and the pages that the `type` of a problem names. */
export const reference = fp<ReferenceOptions>(
  async (app, { title, contracts }) => {
    const config = { operational: true } as const;
    const openApi = JSON.stringify(createOpenApi({ title, contracts }));
    const getOpenApi = staticResponse('application/json', openApi);
    app.route({ method: readMethods, url: '/openapi.json', config, handler: getOpenApi });

    const pages = new Map(
      listErrors(contracts).map((error) => [
        `${error.domain}/${error.code}`,
        staticResponse('text/markdown', toPage(error)),
      ]),
    );
    const getPage: RouteHandlerMethod = (request, reply) => {
      const { domain, code } = request.params as { domain: string; code: string };
      const page = pages.get(`${domain}/${code}`);
      return page ? page(request, reply) : reply.callNotFound();
    };
    app.route({ method: readMethods, url: '/errors/:domain/:code', config, handler: getPage });
  },
  { name: 'reference', dependencies: ['route-table', 'request-context', 'errors'] },
);
