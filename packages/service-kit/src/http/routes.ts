import { classifiedFields, getSuccess, type RouteSpec } from '@plinth/contract-kit';
import { type Ctx, type StoredResponse } from '@plinth/data-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Binding } from '../implement.ts';
import { assertAcceptable } from './accept.ts';
import { type Gate, gateOf } from './authenticate.ts';
import { cacheHeadersOf, varyOf } from './caching.ts';
import { type Coding, codingFor, compress, thresholdLength } from './compress.ts';
import { etagOf, isKnown, needsVersion, versionsOf } from './conditions.ts';
import { type AnswerMode, type Encode, encoderOf, isSparse, sparse } from './encode.ts';
import { type ErrorParts, refusalOf } from './errors.ts';
import { answerOnce, fingerprintOf, keyOf, type OnceParts, takesKey } from './idempotency.ts';
import { pathOf } from './request-scope.ts';
import { linesOf, ndjson } from './stream.ts';
import type { Step } from './way-in.ts';

export type RouteParts = OnceParts & {
  readonly gate: Gate;
  readonly answers: AnswerMode;
  readonly errors: ErrorParts;
  /** Answers name the pages that may read them. */
  readonly variesByOrigin: boolean;
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

const json = 'application/json';

/** The answer to a success, whole: a repeated call is given the very same. */
const toResponse = (dto: unknown, request: FastifyRequest, success: Success): StoredResponse => {
  const { status } = success;
  const body = success.encode(dto);
  const headers: Record<string, string> = { ...success.headers };
  if (status === 201 && has(dto, 'id')) headers['location'] = `${pathOf(request)}/${String(dto.id)}`;
  if (has(dto, 'version')) headers['etag'] = etagOf(dto.version);
  return { status, headers, body };
};

type Success = {
  readonly status: number;
  readonly encode: Encode;
  /** Those that each of its answers has. */
  readonly headers: Readonly<Record<string, string>>;
  /** What it says to those who may keep it, also when they have it already. */
  readonly caching: Readonly<Record<string, string>> | undefined;
  /** The headers of requests on which a compressed answer depends. */
  readonly vary: string;
  /** False where the length of a compressed answer could tell something about a secret in it. */
  readonly compressible: boolean;
};

const send = (reply: FastifyReply, { status, headers, body }: StoredResponse): void => {
  reply
    .code(status)
    .headers(headers)
    .send(body === '' ? undefined : body);
};

const sendCompressed = async (
  reply: FastifyReply,
  { status, headers, body }: StoredResponse,
  coding: Coding,
): Promise<void> => {
  reply
    .code(status)
    .headers(headers)
    .header('content-encoding', coding)
    .send(await compress(body, coding));
};

/** Sends an answer in the coding that the caller asks for, where that makes it smaller. What is not is sent at once. */
const sendCoded = (reply: FastifyReply, answer: StoredResponse, { compressible, vary }: Success): Step => {
  if (!compressible || answer.body.length <= thresholdLength) return send(reply, answer);
  reply.header('vary', vary);
  const coding = codingFor(reply.request.headers['accept-encoding']);
  return coding ? sendCompressed(reply, answer, coding) : send(reply, answer);
};

const successPartsOf = ({ route }: Binding, parts: RouteParts): Success => {
  const { status, schema } = getSuccess(route);
  const compressible = ![...classifiedFields([schema]).values()].includes('secret');
  const vary = varyOf(parts);
  const caching = cacheHeadersOf(route, vary);
  const headers = { ...(status !== 204 && { 'content-type': `${json}; charset=utf-8` }), ...caching };
  return { status, encode: encoderOf(route, parts.answers), headers, caching, vary, compressible };
};

/** A read has no unit of work: an action of a GET that writes is refused by its collection. */
const readHandlerOf = ({ route, operation }: Binding, success: Success) => {
  const takesFields = isSparse(route);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    assertAcceptable(request.headers.accept, json);
    const dto = await operation(inputOf(route, request), request.scope.ctx as Ctx);
    const answer = toResponse(dto, request, success);
    if (has(dto, 'version') && isKnown(request.headers['if-none-match'], dto.version)) {
      reply.code(304).header('etag', answer.headers['etag']);
      if (success.caching) reply.headers(success.caching);
      return void reply.send();
    }
    const fields = takesFields ? (request.query as { fields?: readonly string[] }).fields : undefined;
    const sent = sendCoded(reply, fields ? { ...answer, body: sparse(answer.body, fields) } : answer, success);
    // To wait for what has been sent already would cost turns of the queue of promises.
    if (sent) await sent;
  };
};

/** The answer is encoded before the commit, so an answer that cannot be sent leaves no effect behind. */
const writeHandlerOf = ({ route, operation, operationId }: Binding, success: Success, parts: RouteParts) => {
  const isKeyed = takesKey(route);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    assertAcceptable(request.headers.accept, json);
    const ctx = request.scope.ctx as Ctx;
    const input = inputOf(route, request);
    const work = async () => toResponse(await operation(input, ctx), request, success);
    const key = isKeyed ? keyOf(request, route) : undefined;
    if (key === undefined) {
      return sendCoded(reply, await parts.unitOfWork.run(ctx, work, { operation: operationId }), success);
    }
    const call = { ctx, operation: operationId, key, fingerprint: fingerprintOf(request), work };
    const { answer, replayed } = await answerOnce(
      { ...call, refusalOf: (error) => refusalOf(error, { request, parts: parts.errors }) },
      parts,
    );
    if (replayed) reply.header('idempotency-replayed', 'true');
    return sendCoded(reply, answer, success);
  };
};

const streamHandlerOf =
  ({ route, operation }: Binding, { encode }: Success, { errors }: RouteParts) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    assertAcceptable(request.headers.accept, ndjson);
    const items = await operation(inputOf(route, request), request.scope.ctx as Ctx);
    const lines = await linesOf(items as AsyncIterable<unknown>, encode);
    lines.on('error', (err) => errors.logger.error('stream-failed', { requestId: request.id, err }));
    return reply.header('content-type', `${ndjson}; charset=utf-8`).send(lines);
  };

/** A path that ends where a parameter should stand is another path, and nobody has that one. */
const passEmpty = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
  const params = request.params as Record<string, string>;
  for (const name in params) if (params[name] === '') return reply.callNotFound();
  done();
};

const handlerOf = (binding: Binding, success: Success, parts: RouteParts) => {
  const { method, stream } = binding.route;
  if (stream) return streamHandlerOf(binding, success, parts);
  return method === 'GET' ? readHandlerOf(binding, success) : writeHandlerOf(binding, success, parts);
};

/** Gives Fastify the routes of a contract: gate, validation, operation, answer. */
export const addRoutes = (app: FastifyInstance, bindings: readonly Binding[], parts: RouteParts): void => {
  for (const binding of bindings) {
    const { method, path, auth, params, query, body } = binding.route;
    const success = successPartsOf(binding, parts);
    const gate = gateOf(auth, parts.gate);
    app.route({
      method,
      url: path,
      config: { contract: binding.route },
      schema: { querystring: query ?? noQuery, ...(params && { params }), ...(body && { body }) },
      onRequest: params ? [passEmpty, gate] : gate,
      handler: handlerOf(binding, success, parts),
    });
  }
};
