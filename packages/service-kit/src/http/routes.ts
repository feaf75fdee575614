import { type Ctx, commonErrors, type RouteSpec, type StoredAnswer, successOf } from '@plinth/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Binding } from '../implement.ts';
import { type Gate, gateOf } from './authenticate.ts';
import { etagOf, isKnown, needsVersion, versionsOf } from './conditions.ts';
import { type AnswerMode, type Encode, encoderOf, isSparse, sparse } from './encode.ts';
import { type ErrorParts, refusalOf } from './errors.ts';
import { answerOnce, fingerprintOf, keyOf, type OnceParts, takesKey } from './idempotency.ts';
import { pathOf } from './request-scope.ts';

export type RouteParts = OnceParts & {
  readonly gate: Gate;
  readonly answers: AnswerMode;
  readonly errors: ErrorParts;
};

/** A route that takes no query refuses every parameter, so a misspelt one is never ignored. */
const noQuery = z.strictObject({});

/** What the contract has a schema for, and nothing else: a body that nobody has validated reaches no action. */
const inputOf = (route: RouteSpec, { params, query, body, headers }: FastifyRequest): unknown => ({
  ...(params as object),
  query,
  ...(route.body && { body }),
  ...(needsVersion(route) && { version: versionsOf(headers['if-match']) }),
});

const has = <K extends string>(value: unknown, key: K): value is Record<K, unknown> =>
  typeof value === 'object' && value !== null && key in value;

const json = 'application/json; charset=utf-8';

/** The answer to a success, whole: a repeated call is given the very same. */
const answerOf = (dto: unknown, { status, request, encode }: Success & { request: FastifyRequest }): StoredAnswer => {
  const body = encode(dto);
  const headers: Record<string, string> = {};
  if (status !== 204) headers['content-type'] = json;
  if (status === 201 && has(dto, 'id')) headers['location'] = `${pathOf(request)}/${String(dto.id)}`;
  if (has(dto, 'version')) headers['etag'] = etagOf(dto.version);
  return { status, headers, body };
};

type Success = { readonly status: number; readonly encode: Encode };

const send = (reply: FastifyReply, { status, headers, body }: StoredAnswer): FastifyReply =>
  reply
    .code(status)
    .headers(headers)
    .send(body === '' ? undefined : body);

const successPartsOf = ({ route }: Binding, mode: AnswerMode): Success => ({
  status: successOf(route).status,
  encode: encoderOf(route, mode),
});

/** A read has no unit of work: an action of a GET that writes is refused by its collection. */
const readHandlerOf = ({ route, operation }: Binding, success: Success) => {
  const takesFields = isSparse(route);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const dto = await operation(inputOf(route, request), request.scope.ctx as Ctx);
    const answer = answerOf(dto, { ...success, request });
    if (has(dto, 'version') && isKnown(request.headers['if-none-match'], dto.version)) {
      return reply.code(304).header('etag', answer.headers['etag']).send();
    }
    const fields = takesFields ? (request.query as { fields?: readonly string[] }).fields : undefined;
    return send(reply, fields ? { ...answer, body: sparse(answer.body, fields) } : answer);
  };
};

/** The answer is encoded before the commit, so an answer that cannot be sent leaves no effect behind. */
const writeHandlerOf = ({ route, operation, operationId }: Binding, success: Success, parts: RouteParts) => {
  const isKeyed = takesKey(route);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const ctx = request.scope.ctx as Ctx;
    const input = inputOf(route, request);
    const work = async () => answerOf(await operation(input, ctx), { ...success, request });
    const key = isKeyed ? keyOf(request, route) : undefined;
    if (key === undefined) return send(reply, await parts.unitOfWork.run(ctx, work, { operation: operationId }));
    const call = { ctx, operation: operationId, key, fingerprint: fingerprintOf(request), work };
    const { answer, replayed } = await answerOnce(
      { ...call, refusalOf: (error) => refusalOf(error, { request, parts: parts.errors }) },
      parts,
    );
    if (replayed) reply.header('idempotency-replayed', 'true');
    return send(reply, answer);
  };
};

const mergePatch = 'application/merge-patch+json';

/** Takes JSON merge patches, by their own media type, where they are meant: for PATCH. */
const addMergePatch = (app: FastifyInstance): void => {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser(mergePatch, { parseAs: 'string' }, (request, body, done) => {
    if (request.method === 'PATCH') return parse(request, body as string, done);
    done(commonErrors.unsupportedMediaType());
  });
};

/** Gives Fastify the routes of a contract: gate, validation, operation, answer. */
export const addRoutes = (app: FastifyInstance, bindings: readonly Binding[], parts: RouteParts): void => {
  if (!app.hasContentTypeParser(mergePatch)) addMergePatch(app);
  for (const binding of bindings) {
    const { method, path, auth, params, query, body } = binding.route;
    const success = successPartsOf(binding, parts.answers);
    app.route({
      method,
      url: path,
      config: { contract: binding.route },
      schema: { querystring: query ?? noQuery, ...(params && { params }), ...(body && { body }) },
      onRequest: gateOf(auth, parts.gate),
      handler: method === 'GET' ? readHandlerOf(binding, success) : writeHandlerOf(binding, success, parts),
    });
  }
};
