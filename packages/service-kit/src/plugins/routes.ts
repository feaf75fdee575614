import {
  ApiError,
  acceptsIdempotencyKey,
  classifiedFields,
  commonErrors,
  getSuccess,
  type RouteSpec,
  requiresVersion,
  type Upload,
} from '@plinth/contract-kit';
import type { Ctx, Ids, ModuleStore, StoredResponse } from '@plinth/data-kit';
import type { Logger } from '@plinth/logger';
import type {
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
  preValidationHookHandler,
  RouteHandlerMethod,
} from 'fastify';
import fp from 'fastify-plugin';
import { z } from 'zod';
import { createCaching, type SetCaching } from '../http/caching.ts';
import { getCaller } from '../http/caller.ts';
import { matchesIfNoneMatch, parseIfMatch, toETag } from '../http/conditional-requests.ts';
import { createDeprecationHeaders } from '../http/deprecation.ts';
import { executeIdempotently, readIdempotencyKey, toFingerprint, toStoredKey } from '../http/idempotency.ts';
import { findLocation } from '../http/location.ts';
import { toRefusal } from '../http/problem-response.ts';
import { toSecurityFields } from '../http/record-refusal.ts';
import { getPath } from '../http/request-scope.ts';
import { readMethods } from '../http/route-config.ts';
import {
  acceptsFields,
  createSerializer,
  type Serialization,
  type Serialize,
  selectFields,
} from '../http/serialize.ts';
import { settleRefusal } from '../http/settle-refusal.ts';
import { hashUpload, storeUpload } from '../http/store-upload.ts';
import { ndjson, openLines, readFirst } from '../http/stream.ts';
import type { Binding } from '../implement.ts';
import type { SecurityEvents } from '../security-events.ts';

type Store = Pick<ModuleStore<unknown>, 'collections' | 'unitOfWork' | 'journal'>;

/** A route with its operation. `findStore` returns the store that commits its writes, by the parameters of the path. */
export type ServedRoute = Binding & {
  readonly findStore: (params: unknown, ctx: Ctx) => Store | undefined | Promise<Store | undefined>;
};

export type RoutesOptions = {
  readonly routes: readonly ServedRoute[];
  readonly serialization: Serialization;
  readonly publicUrl: string;
  readonly logger: Logger;
  readonly security: SecurityEvents;
  readonly ids: Ids;
};

/** A route with the values that are derived once from its contract. */
type PreparedRoute = ServedRoute &
  Omit<RoutesOptions, 'routes'> & {
    readonly status: number;
    readonly serialize: Serialize;
    readonly setCaching: SetCaching | undefined;
    /** True when the operation needs the version of `If-Match`. */
    readonly isVersioned: boolean;
    readonly toLocation: ReturnType<typeof findLocation>;
  };

const json = 'application/json';

/** A route without a query schema rejects every parameter, so that no misspelt one is ignored. */
const noQuery = z.strictObject({});

/** Returns the input of an operation. A body without a schema is not validated, so it is not passed on. */
const toInput = ({ route, isVersioned }: PreparedRoute, { params, query, body, headers }: FastifyRequest): object => ({
  ...(params as object),
  query,
  ...(route.body && { body }),
  ...(isVersioned && { version: parseIfMatch(headers['if-match']) }),
});

const has = <K extends string>(value: unknown, key: K): value is Record<K, unknown> =>
  typeof value === 'object' && value !== null && key in value;

/** @throws `not-acceptable` when the client does not accept the type of the response. */
const assertAcceptable = (request: FastifyRequest, type: string): void => {
  // An empty header states no preference.
  if (!request.headers.accept?.trim()) return;
  if (request.type([type, `${type}; charset=utf-8`]) !== false) return;
  throw commonErrors.notAcceptable({
    detail: `The response is ${type}.`,
    fix: `Send \`Accept: ${type}\`, or no \`Accept\` at all.`,
  });
};

/** Converts a DTO to the complete response, which a repeated request with the same idempotency key receives too. */
const toResponse = (
  dto: unknown,
  request: FastifyRequest,
  { status, serialize, toLocation }: PreparedRoute,
): StoredResponse => ({
  status,
  headers: {
    ...(status !== 204 && { 'content-type': `${json}; charset=utf-8` }),
    ...(toLocation && has(dto, 'id') && { location: toLocation(getPath(request), String(dto.id)) }),
    ...(has(dto, 'version') && { etag: toETag(dto.version) }),
  },
  body: serialize(dto),
});

const send = (reply: FastifyReply, { status, headers, body }: StoredResponse): FastifyReply =>
  reply
    .code(status)
    .headers(headers)
    .send(body === '' ? undefined : body);

/** Creates the handler of a GET. It has no unit of work, so an action that writes throws. */
const createReadHandler = (prepared: PreparedRoute): RouteHandlerMethod => {
  const { route, operation, setCaching } = prepared;
  const hasFields = acceptsFields(route);
  return async (request, reply) => {
    assertAcceptable(request, json);
    const dto = await operation(toInput(prepared, request), request.scope.ctx as Ctx);
    const response = toResponse(dto, request, prepared);
    // Set last, because an error must not be cached.
    setCaching?.(reply);
    if (has(dto, 'version') && matchesIfNoneMatch(request.headers['if-none-match'], dto.version)) {
      return reply.code(304).header('etag', toETag(dto.version)).send();
    }
    const fields = hasFields ? (request.query as { fields?: readonly string[] }).fields : undefined;
    return send(reply, fields ? { ...response, body: selectFields(response.body, fields) } : response);
  };
};

type Receiving = { readonly prepared: PreparedRoute; readonly store: Store; readonly key: string };

/** Stores the body of an upload. Its hash distinguishes it from another request with the same idempotency key. */
const receiveUpload = async (request: FastifyRequest, { prepared, store }: Receiving): Promise<Upload> => {
  const { route, operationId: operation, ids } = prepared;
  const { hash, ...upload } = await storeUpload(request, { route, store, ids, operation });
  request.scope.sentBody = hash;
  return upload;
};

/** Returns the stored response to an upload that is repeated. It is looked up first, so that its body is not stored again. */
const findUploadReplay = async (
  request: FastifyRequest,
  { prepared: { route, operationId }, store, key }: Receiving,
): Promise<StoredResponse | undefined> => {
  const ctx = request.scope.ctx as Ctx;
  const record = await store.journal.find(ctx, toStoredKey(ctx, operationId, key));
  if (!record) return undefined;
  request.scope.sentBody = await hashUpload(request, route);
  if (record.fingerprint !== toFingerprint(request)) throw commonErrors.idempotencyMismatch();
  return record.response;
};

/** Creates the handler of a write. The response is serialized before the commit, so a failed serialization commits nothing. */
const createWriteHandler = (prepared: PreparedRoute): RouteHandlerMethod => {
  const { route, operation, operationId, findStore, publicUrl } = prepared;
  const isKeyed = acceptsIdempotencyKey(route);
  return async (request, reply) => {
    assertAcceptable(request, json);
    const ctx = request.scope.ctx as Ctx;
    const found = findStore(request.params, ctx);
    const store = found instanceof Promise ? await found : found;
    if (!store) throw commonErrors.notFound();
    const key = isKeyed ? readIdempotencyKey(request, route) : undefined;
    let input = toInput(prepared, request);
    if (route.upload && key !== undefined) {
      const receiving = { prepared, store, key };
      const replay = await findUploadReplay(request, receiving);
      if (replay) return send(reply.header('idempotency-replayed', 'true'), replay);
      input = { ...input, upload: await receiveUpload(request, receiving) };
    }
    const execute = async () => {
      const toCommitted = await settleRefusal(async () => toResponse(await operation(input, ctx), request, prepared));
      // When the response was sent early, as after a timeout, the request must not change anything.
      ctx.signal.throwIfAborted();
      request.scope.isCommitting = true;
      return toCommitted();
    };
    if (key === undefined) return send(reply, await store.unitOfWork.run(ctx, execute, { operation: operationId }));
    const { response, replayed } = await executeIdempotently(
      {
        ctx,
        operationId,
        key,
        fingerprint: toFingerprint(request),
        execute,
        toRefusal: (error) => toRefusal(error, { request, publicUrl }),
      },
      store,
    );
    if (replayed) reply.header('idempotency-replayed', 'true');
    return send(reply, response);
  };
};

const createStreamHandler = (prepared: PreparedRoute): RouteHandlerMethod => {
  const { operation, operationId, serialize, logger, security } = prepared;
  return async (request, reply) => {
    assertAcceptable(request, ndjson);
    const items = (await operation(toInput(prepared, request), request.scope.ctx as Ctx)) as AsyncIterable<unknown>;
    reply.type(`${ndjson}; charset=utf-8`);
    if (request.method === 'HEAD') {
      await readFirst(items);
      return reply.send();
    }
    const source = `${getCaller(request).user} ${operationId}`;
    security.record('export-started', source, { operationId, ...toSecurityFields(request) });
    const lines = await openLines(items, { serialize, assertAllowed: request.scope.assertAllowed });
    lines.on('error', (err) => {
      const { id: requestId } = request;
      // The credential or the permission has ended.
      if (err instanceof ApiError && err.status < 500) logger.warn('stream-ended', { requestId, code: err.code });
      else logger.error('stream-failed', { requestId, err });
    });
    return reply.send(lines);
  };
};

const createHandler = (prepared: PreparedRoute): RouteHandlerMethod => {
  const { method, stream } = prepared.route;
  if (stream) return createStreamHandler(prepared);
  return method === 'GET' ? createReadHandler(prepared) : createWriteHandler(prepared);
};

/** Returns 404 when a parameter of the path is empty. */
const rejectEmptyParameters: onRequestHookHandler = (request, reply, done) => {
  if (Object.values(request.params as Record<string, string>).includes('')) reply.callNotFound();
  else done();
};

/** Returns the hooks that announce the end of a route in each of its responses. */
const announceEnd = (route: RouteSpec, routesById: ReadonlyMap<string, RouteSpec>): onRequestHookHandler[] => {
  const toHeaders = createDeprecationHeaders(route, routesById);
  if (!toHeaders) return [];
  return [
    (request, reply, done) => {
      reply.headers(toHeaders(request.params as Record<string, string>));
      done();
    },
  ];
};

/** Keeps the body as it was sent, before validation replaces it. */
const keepSentBody: preValidationHookHandler = (request, _reply, done) => {
  request.scope.sentBody = request.body;
  done();
};

/** Adds the routes of contracts: validation, operation and response. */
export const routes = fp<RoutesOptions>(
  async (app, { routes: served, ...options }) => {
    const allRoutes = served.map(({ route }) => route);
    const routesById = new Map(served.map(({ operationId, route }) => [operationId, route]));
    for (const binding of served) {
      const { route } = binding;
      const { method, path, params, query, body, bodyBytesMax: bodyLimit } = route;
      const { status, schema } = getSuccess(route);
      const serialize = createSerializer(route, options.serialization);
      const prepared = {
        ...binding,
        ...options,
        status,
        serialize,
        setCaching: createCaching(route),
        isVersioned: requiresVersion(route),
        toLocation: findLocation(route, allRoutes),
      };
      // The length of a compressed response could reveal a secret in it.
      const hasSecret = [...classifiedFields([schema]).values()].includes('secret');
      app.route({
        method: method === 'GET' ? readMethods : method,
        url: path,
        config: { contract: route },
        // The limit of an upload is that of its lines, which no parser keeps.
        ...(bodyLimit !== undefined && !route.upload && { bodyLimit }),
        schema: { querystring: query ?? noQuery, ...(params && { params }), ...(body && { body }) },
        ...(hasSecret && { compress: false }),
        onRequest: [...(params ? [rejectEmptyParameters] : []), ...announceEnd(route, routesById)],
        preValidation: acceptsIdempotencyKey(route) && !route.upload ? [keepSentBody] : [],
        handler: createHandler(prepared),
      });
    }
    app.rejectShadowedMethods();
  },
  { name: 'routes', dependencies: ['route-table', 'errors', 'auth', '@fastify/accepts', '@fastify/compress'] },
);
