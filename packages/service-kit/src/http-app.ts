import { maxHeaderSize } from 'node:http';
import { parse } from 'node:querystring';
import fastifyAccepts from '@fastify/accepts';
import fastifyCompress from '@fastify/compress';
import type { Contract } from '@plinth/contract-kit';
import type { EventType, Ids } from '@plinth/data-kit';
import type { Metrics } from '@plinth/telemetry';
import Fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify';
import { compressedBytesMin } from './http/caching.ts';
import type { Serialization } from './http/serialize.ts';
import type { RequestTelemetry } from './http/telemetry.ts';
import { validatorCompiler } from './http/validation.ts';
import { admission } from './plugins/admission.ts';
import { type AuthDeps, auth } from './plugins/auth.ts';
import { bodyLimitBytes, bodyParsers } from './plugins/body-parsers.ts';
import { clientErrors, headersTimeoutMs } from './plugins/client-errors.ts';
import { type ConnectionLimits, connections } from './plugins/connections.ts';
import { cors } from './plugins/cors.ts';
import { defaultHeaders } from './plugins/default-headers.ts';
import { type ErrorsOptions, errors } from './plugins/errors.ts';
import { createReadinessCheck, type Dependency, health, type Readiness } from './plugins/health.ts';
import { type LongResponseLimits, longResponses } from './plugins/long-responses.ts';
import { type RateLimits, rateLimit } from './plugins/rate-limit.ts';
import { reference } from './plugins/reference.ts';
import { getRequestId, type Lifecycle, requestContext } from './plugins/request-context.ts';
import { requestTimeout, requestTimeoutMs } from './plugins/request-timeout.ts';
import { routeTable } from './plugins/route-table.ts';
import { routes, type ServedRoute } from './plugins/routes.ts';

export type HttpAppOptions = ErrorsOptions &
  AuthDeps & {
    readonly name: string;
    readonly contracts: readonly Contract[];
    readonly events: readonly EventType[];
    readonly routes: readonly ServedRoute[];
    readonly dependencies: readonly Dependency[];
    readonly corsOrigins: readonly string[];
    readonly inFlightMax: number;
    readonly ids: Ids;
    readonly connectionLimits?: ConnectionLimits | undefined;
    readonly longResponses?: LongResponseLimits | undefined;
    readonly limits: RateLimits | undefined;
    readonly metrics: Metrics;
    readonly trustProxy: readonly string[] | undefined;
    readonly serialization: Serialization;
    readonly telemetry: RequestTelemetry;
    /** Further plugins of the host. Their routes are operational. */
    readonly plugins?: readonly FastifyPluginAsync[] | undefined;
  };

/** Longer than the idle timeout of common proxies (60 s), so that the proxy closes first. */
const keepAliveMs = 72_000;

/** More parameters than any route has. A request with more gets the 400 for the first ones; the others are not parsed. */
const queryParametersMax = 100;

const parseQuery = (text: string) => parse(text, '&', '=', { maxKeys: queryParametersMax });

const createFastify = ({ trustProxy }: HttpAppOptions): FastifyInstance => {
  const app: FastifyInstance = Fastify({
    logger: false,
    genReqId: getRequestId,
    trustProxy: trustProxy ? [...trustProxy] : false,
    bodyLimit: bodyLimitBytes,
    requestTimeout: 10_000,
    connectionTimeout: 12_000,
    keepAliveTimeout: keepAliveMs,
    // Node would reject a request without a Host in plain text.
    http: { headersTimeout: headersTimeoutMs, connectionsCheckingInterval: 1000, requireHostHeader: false },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    exposeHeadRoutes: false,
    clientErrorHandler: (error, socket) => app.handleClientError(error, socket),
    // Fastify rejects a longer path parameter before any hook. No URL is longer than the headers may be.
    routerOptions: { maxParamLength: maxHeaderSize, querystringParser: parseQuery },
    // No hook sees a malformed URL, so the request is routed again, to the not-found handler.
    frameworkErrors: (_error, { raw }, reply) => {
      app.routing(Object.assign(raw, { originalUrl: raw.url, url: '/malformed' }), reply.raw);
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  return app;
};

export type HttpApp = {
  readonly server: FastifyInstance;
  readonly checkReadiness: () => Promise<Readiness>;
  /**
   * Fails the readiness check and closes kept connections, while requests are still served. Streams that outlast the requests
   * are cut.
   */
  readonly drain: () => void;
};

/** Creates the HTTP server of a host: the list of its plugins, in the order in which a request passes them. */
export const createHttpApp = async (options: HttpAppOptions): Promise<HttpApp> => {
  const { name, contracts, events, corsOrigins: origins } = options;
  const lifecycle: Lifecycle = { isDraining: false };
  const app = createFastify(options);
  const checkReadiness = createReadinessCheck({ ...options, lifecycle });

  await app.register(connections, options);
  await app.register(routeTable);
  await app.register(defaultHeaders);
  await app.register(requestContext, { ...options, lifecycle });
  await app.register(errors, options);
  await app.register(clientErrors, options);
  await app.register(requestTimeout, options);
  await app.register(rateLimit, options);
  await app.register(cors, { origins });
  await app.register(bodyParsers);
  await app.register(auth, options);
  await app.register(admission, options);
  await app.register(longResponses, options);
  await app.register(fastifyAccepts);
  await app.register(fastifyCompress, {
    encodings: ['br', 'gzip'],
    threshold: compressedBytesMin,
    globalDecompression: false,
  });
  await app.register(health, { checkReadiness });
  await app.register(reference, { title: `Plinth ${name}`, contracts, events });
  for (const plugin of options.plugins ?? []) await app.register(plugin);
  await app.register(routes, options);

  return {
    server: app,
    checkReadiness,
    drain: () => {
      lifecycle.isDraining = true;
      // By then every request that was in flight at the signal has its response. A stream may last much longer.
      setTimeout(() => app.cutStreams(), requestTimeoutMs).unref();
    },
  };
};
