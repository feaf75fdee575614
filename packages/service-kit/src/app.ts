import type { Socket } from 'node:net';
import { type ApiError, type Contract, commonErrors } from '@plinth/contract-kit';
import { type Ids } from '@plinth/data-kit';
import type { Logger } from '@plinth/logger';
import { createMetrics, type Metrics, type Tracing } from '@plinth/telemetry';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { addAdmission, usualLimits } from './http/admission.ts';
import { addBodyParsers, bodyLimitBytes } from './http/body.ts';
import { noStore } from './http/caching.ts';
import { clientErrorHandlerOf, headMs, tunnelHandlerOf } from './http/client-errors.ts';
import { commonHeadersOf } from './http/common-headers.ts';
import { assertContract, contractOf } from './http/contract-of.ts';
import { addCors } from './http/cors.ts';
import { addErrorPages } from './http/error-pages.ts';
import { type ErrorParts, errorHandlerOf, notFoundHandlerOf, refusing, sendProblem } from './http/errors.ts';
import { addExpectations, assertOneHost } from './http/framing.ts';
import { type LateReplies, watchLateReplies } from './http/late-replies.ts';
import { addAddressLimit, type Limits } from './http/limits.ts';
import { collectMethods } from './http/methods.ts';
import { addOperations, type Dependency } from './http/operations.ts';
import { toApiError } from './http/problem.ts';
import { type RequestScope, requestIdOf } from './http/request-scope.ts';
import { securityHeaders } from './http/security-headers.ts';
import { createRequestTelemetry, type RequestTelemetry, restoreSpanAfterBody, runInSpan } from './http/telemetry.ts';
import type { Module } from './module.ts';
import { openApiOf } from './openapi/document.ts';

export type AppParts = ErrorParts & {
  readonly name: string;
  readonly contracts: readonly Contract[];
  readonly logger: Logger;
  readonly ids: Ids;
  readonly dependencies: readonly Dependency[];
  /** The origins whose pages may call the API from a browser. */
  readonly corsOrigins: readonly string[];
  /** Requests that are worked on at a time. */
  readonly inFlightMax: number;
  /** Left out: nobody is limited. */
  readonly limits?: Limits | undefined;
  /** The networks of the proxies in front, as CIDRs: theirs are the only `X-Forwarded-For` that are believed. */
  readonly trustProxy?: readonly string[] | undefined;
  /** Those whose routes are measured under their names. */
  readonly modules?: readonly Module[];
  readonly metrics?: Metrics | undefined;
  readonly tracing?: Tracing | undefined;
};

/** Between the milliseconds that a proxy keeps an idle connection, usually 60,000, and those that a stranger may. */
const keepAliveMs = 72_000;

type ClientErrorHandler = ReturnType<typeof clientErrorHandlerOf>;

const createServer = (
  parts: AppParts,
  { begin, clientErrorHandler }: { readonly begin: Begin; readonly clientErrorHandler: ClientErrorHandler },
): FastifyInstance =>
  Fastify({
    logger: false,
    genReqId: (raw) => requestIdOf(raw.headers['x-request-id'], parts.ids),
    trustProxy: parts.trustProxy ? [...parts.trustProxy] : false,
    bodyLimit: bodyLimitBytes,
    requestTimeout: 10_000,
    connectionTimeout: 12_000,
    keepAliveTimeout: keepAliveMs,
    clientErrorHandler,
    // Without a Host the answer of Node would be none of ours.
    http: { headersTimeout: headMs, connectionsCheckingInterval: 1000, requireHostHeader: false },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    exposeHeadRoutes: false,
    // A URL that cannot be read reaches no hook and no handler.
    frameworkErrors: (error, request, reply) => {
      begin(request, reply);
      sendProblem(toApiError(error), { request, reply, parts });
    },
  });

const tooMuch = commonErrors.unavailable({ detail: 'There is more to do than can be done now.' });

/** What comes first for every request: its id, its trace and the headers of its answer. */
type Begin = (request: FastifyRequest, reply: FastifyReply) => void;

type Beginning = Pick<AppParts, 'logger'> & {
  /** Those of every answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly telemetry: RequestTelemetry;
  readonly isDraining: () => boolean;
};

/** The status of a request whose caller has gone before the answer. */
const clientGone = 499;

/** Ends a request that has been answered, or whose caller has gone: what it held is free, it is logged and counted. */
const endOf =
  ({ logger, telemetry }: Beginning) =>
  (request: FastifyRequest, reply: FastifyReply): void => {
    const { startedAt, config, trace, ctx, leave, gone } = request.scope;
    const isAnswered = reply.raw.writableEnded;
    if (!isAnswered) gone.abort();
    leave?.();
    const status = isAnswered ? reply.statusCode : clientGone;
    const durationMs = performance.now() - startedAt;
    logger.request({
      method: request.method,
      route: contractOf(request)?.path ?? config.url ?? 'none',
      status,
      durationMs,
      requestId: request.id,
      traceId: trace.traceId,
      tenantId: ctx?.tenantId,
      actorId: ctx?.actor.id,
    });
    telemetry.end(request, reply, { status, durationMs });
  };

const beginOf = (beginning: Beginning, late: () => LateReplies): Begin => {
  const { headers, telemetry, isDraining } = beginning;
  const addCommonHeaders = commonHeadersOf(headers);
  const end = endOf(beginning);
  return (request, reply) => {
    const startedAt = performance.now();
    const { trace, span } = telemetry.begin(request);
    const gone = new AbortController();
    const { config } = request.routeOptions;
    request.scope = { startedAt, config, trace, span, gone, ctx: undefined, code: undefined, leave: undefined };
    addCommonHeaders(reply.raw);
    reply.header('cache-control', noStore);
    reply.header('x-request-id', request.id);
    // Whoever keeps the connection would send the next request to a service that is gone.
    if (isDraining()) reply.header('connection', 'close');
    const waiting = late().begin(request, reply);
    // The one listener of a request: Fastify's own hooks tell of answers alone, and not of callers that go before theirs.
    reply.raw.on('close', () => {
      late().end(waiting);
      end(request, reply);
    });
  };
};

const addRequestScope = (app: FastifyInstance, begin: Begin): void => {
  app.decorateRequest('scope', undefined as unknown as RequestScope);
  app.addHook('onRequest', (request, reply, done) => {
    begin(request, reply);
    try {
      assertOneHost(request.raw);
    } catch (error) {
      return done(error as Error);
    }
    runInSpan(request, done);
  });
};

/** Answers a request whose operation has not answered it. The connection of one that never came whole ends with that. */
const toResponse =
  (parts: AppParts) =>
  (reply: FastifyReply, error: ApiError): void => {
    const { request } = reply;
    if (!request.raw.complete) reply.header('connection', 'close');
    sendProblem(error, { request, reply, parts });
    request.scope.gone.abort();
  };

/** An HTTP server that has everything but the routes of contracts, and refuses any other route. */
export type App = {
  readonly server: FastifyInstance;
  readonly drain: () => void;
  /** To be called when every route is there. */
  readonly closeShadows: () => void;
};

/** Builds the server of a host. Routes are added by `addRoutes`, before it listens. */
export const createApp = async (parts: AppParts): Promise<App> => {
  let draining = false;
  const isDraining = (): boolean => draining;
  const { logger, tracing, modules = [], metrics = createMetrics() } = parts;
  const telemetry = createRequestTelemetry({ ...parts, modules, metrics });
  const beginning = { logger, headers: await securityHeaders(), telemetry, isDraining };
  const begin = beginOf(beginning, () => late);
  const answer = toResponse(parts);
  const refusals = { ...parts, ...beginning, answer, repliesOf: (socket: Socket) => late.of(socket) };
  const app = createServer(parts, { begin, clientErrorHandler: clientErrorHandlerOf(refusals) });
  app.server.on('connect', tunnelHandlerOf(refusals));
  const late = watchLateReplies(app, (request, reply) =>
    answer(reply, request.raw.complete ? commonErrors.unavailable() : commonErrors.requestTimeout()),
  );
  app.setValidatorCompiler(validatorCompiler);
  addRequestScope(app, begin);
  // It answers preflights by itself, and those have all that every answer has.
  await addCors(app, parts.corsOrigins);
  addBodyParsers(app);
  addExpectations(app.server, bodyLimitBytes);
  const methods = collectMethods(app);
  app.addHook('onRoute', assertContract);
  if (parts.limits) addAddressLimit(app, parts.limits);
  addAdmission(app, usualLimits(parts.inFlightMax), refusing(tooMuch, parts));
  restoreSpanAfterBody(app, tracing);
  const errors = { ...parts, methods };
  app.setErrorHandler(errorHandlerOf(errors));
  app.setNotFoundHandler(notFoundHandlerOf(errors));
  const openApi = openApiOf(parts.name, parts.contracts);
  addOperations(app, { dependencies: parts.dependencies, isDraining, openApi });
  addErrorPages(app, parts.contracts);
  return {
    server: app,
    closeShadows: methods.closeShadows,
    drain: () => {
      draining = true;
    },
  };
};
