import type { Contract, Ids } from '@plinth/kernel';
import type { Logger } from '@plinth/logger';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { addBodyParsers, bodyLimitBytes } from './http/body.ts';
import { clientErrorHandlerOf } from './http/client-errors.ts';
import { assertContract, contractOf } from './http/contract-of.ts';
import { addCors } from './http/cors.ts';
import { addErrorPages } from './http/error-pages.ts';
import { type ErrorParts, errorHandlerOf, notFoundHandlerOf, sendProblem } from './http/errors.ts';
import { addExpectations, assertOneHost } from './http/framing.ts';
import { collectMethods } from './http/methods.ts';
import { addOperations, type Dependency } from './http/operations.ts';
import { toApiError } from './http/problem.ts';
import { type RequestScope, requestIdOf, traceOf } from './http/request-scope.ts';
import { securityHeaders } from './http/security-headers.ts';
import { openApiOf } from './openapi/document.ts';

export type AppParts = ErrorParts & {
  readonly name: string;
  readonly contracts: readonly Contract[];
  readonly logger: Logger;
  readonly ids: Ids;
  readonly dependencies: readonly Dependency[];
  /** The origins whose pages may call the API from a browser. */
  readonly corsOrigins: readonly string[];
};

/** Between the milliseconds that a proxy keeps an idle connection, usually 60,000, and those that a stranger may. */
const keepAliveMs = 72_000;

const createServer = (
  parts: AppParts,
  { begin, headers }: { readonly begin: Begin; readonly headers: Readonly<Record<string, string>> },
): FastifyInstance =>
  Fastify({
    logger: false,
    genReqId: (raw) => requestIdOf(raw.headers['x-request-id'], parts.ids),
    bodyLimit: bodyLimitBytes,
    requestTimeout: 10_000,
    handlerTimeout: 8000,
    connectionTimeout: 12_000,
    keepAliveTimeout: keepAliveMs,
    clientErrorHandler: clientErrorHandlerOf({ ...parts, headers }),
    http: { headersTimeout: 5000, connectionsCheckingInterval: 1000 },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    exposeHeadRoutes: false,
    // A URL that cannot be read reaches no hook and no handler.
    frameworkErrors: (error, request, reply) => {
      begin(request, reply);
      sendProblem(toApiError(error), { request, reply, parts });
    },
  });

/** What comes first for every request: its id, its trace and the headers of its answer. */
type Begin = (request: FastifyRequest, reply: FastifyReply) => void;

const beginOf =
  (headers: Readonly<Record<string, string>>, { ids }: AppParts): Begin =>
  (request, reply) => {
    request.scope = { startedAt: performance.now(), trace: traceOf(request, ids), ctx: undefined };
    reply.headers(headers);
    reply.header('x-request-id', request.id);
  };

const addRequestScope = (app: FastifyInstance, begin: Begin, { logger }: AppParts): void => {
  app.decorateRequest('scope', undefined as unknown as RequestScope);
  app.addHook('onRequest', (request, reply, done) => {
    begin(request, reply);
    try {
      assertOneHost(request.raw);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { startedAt, trace, ctx } = request.scope;
    logger.request({
      method: request.method,
      route: contractOf(request)?.path ?? request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      durationMs: performance.now() - startedAt,
      requestId: request.id,
      traceId: trace.traceId,
      tenantId: ctx?.tenantId,
      actorId: ctx?.actor.id,
    });
    done();
  });
};

/** An HTTP server that has everything but the routes of contracts, and refuses any other route. */
export type App = { readonly server: FastifyInstance; readonly drain: () => void };

/** Builds the server of a host. Routes are added by `addRoutes`, before it listens. */
export const createApp = async (parts: AppParts): Promise<App> => {
  const headers = await securityHeaders();
  const begin = beginOf(headers, parts);
  const app = createServer(parts, { begin, headers });
  let draining = false;
  app.setValidatorCompiler(validatorCompiler);
  await addCors(app, parts.corsOrigins);
  addBodyParsers(app);
  addExpectations(app.server, bodyLimitBytes);
  const methods = collectMethods(app);
  app.addHook('onRoute', assertContract);
  addRequestScope(app, begin, parts);
  app.setErrorHandler(errorHandlerOf(parts));
  app.setNotFoundHandler(notFoundHandlerOf(parts, methods));
  const openApi = openApiOf(parts.name, parts.contracts);
  addOperations(app, { dependencies: parts.dependencies, isDraining: () => draining, openApi });
  addErrorPages(app, parts.contracts);
  return { server: app, drain: () => void (draining = true) };
};
