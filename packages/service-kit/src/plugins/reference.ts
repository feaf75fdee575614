import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import fp from 'fastify-plugin';
import { type AsyncApiOptions, createAsyncApi } from '../asyncapi/document.ts';
import { addVary, chooseCoding, staticResponse } from '../http/caching.ts';
import { listErrors } from '../http/declared-errors.ts';
import { readMethods } from '../http/route-config.ts';
import { createOpenApi, type OpenApiOptions } from '../openapi/document.ts';
import { createDocsPage, docsPolicy } from '../pages/docs-page.ts';
import { createDocsScript, docsScriptPath } from '../pages/docs-script.ts';
import { createErrorIndex, createErrorPage, createErrorText, errorPolicy } from '../pages/error-pages.ts';

const pageResponse = (policy: string, createPage: () => string) =>
  staticResponse('text/html', createPage, { 'content-security-policy': policy });

/** Creates the handlers of each error by its domain and code: a page for browsers, and a text for other clients. */
const createErrorHandlers = (api: OpenApiOptions) =>
  new Map(
    listErrors(api.contracts).map((error) => [
      `${error.domain}/${error.code}`,
      {
        'text/html': pageResponse(errorPolicy, () => createErrorPage(error, api)),
        'text/markdown': staticResponse('text/markdown', () => createErrorText(error)),
      },
    ]),
  );

/** Adds the API reference: the OpenAPI document, its page, the AsyncAPI document of the events, and the pages that the `type` of a problem names. */
export const reference = fp<OpenApiOptions & AsyncApiOptions>(
  async (app, api) => {
    const options = {
      method: readMethods,
      config: { operational: true },
      compress: false,
      // The limit of public routes.
      preParsing: (request: FastifyRequest, reply: FastifyReply) => app.limit(request, reply, 'anonymous'),
    } as const;
    const getOpenApi = staticResponse('application/json', () => JSON.stringify(createOpenApi(api)));
    app.route({ ...options, url: '/openapi.json', handler: getOpenApi });
    const getAsyncApi = staticResponse('application/json', () => JSON.stringify(createAsyncApi(api)));
    app.route({ ...options, url: '/asyncapi.json', handler: getAsyncApi });

    const getDocs = pageResponse(docsPolicy, () => createDocsPage({ api: api.title, script: docsScriptPath }));
    app.route({ ...options, url: '/docs', handler: getDocs });

    const script = createDocsScript();
    const getScript: RouteHandlerMethod = async (request, reply) => {
      const readScript = chooseCoding(request, reply, script);
      addVary(reply, 'accept-encoding');
      reply.header('cache-control', 'public, max-age=31536000, immutable').type('text/javascript; charset=utf-8');
      return readScript();
    };
    app.route({ ...options, url: docsScriptPath, handler: getScript });

    app.route({ ...options, url: '/errors', handler: pageResponse(errorPolicy, () => createErrorIndex(api)) });

    const errors = createErrorHandlers(api);
    const getErrorPage: RouteHandlerMethod = (request, reply) => {
      const { domain, code } = request.params as { domain: string; code: string };
      const handlers = errors.get(`${domain}/${code}`);
      if (!handlers) return reply.callNotFound();
      addVary(reply, 'accept');
      // A client that accepts anything, such as curl, receives the text.
      const type = request.type(['text/markdown', 'text/html']) || 'text/markdown';
      return handlers[type as keyof typeof handlers](request, reply);
    };
    app.route({ ...options, url: '/errors/:domain/:code', handler: getErrorPage });
  },
  { name: 'reference', dependencies: ['route-table', 'request-context', 'errors', 'rate-limit'] },
);
