import { type Ctx, commonErrors, type RouteSpec, successOf, type UnitOfWork } from '@plinth/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Binding } from '../implement.ts';
import { type Gate, gateOf } from './authenticate.ts';
import { etagOf, isKnown, needsVersion, versionsOf } from './conditions.ts';
import { type AnswerMode, type Encode, encoderOf, isSparse, sparse } from './encode.ts';
import { pathOf } from './request-scope.ts';

export type RouteParts = { readonly gate: Gate; readonly unitOfWork: UnitOfWork; readonly answers: AnswerMode };

/** A route that takes no query refuses every parameter, so a misspelt one is never ignored. */
const noQuery = z.strictObject({});

type Answer = { readonly dto: unknown; readonly text: string };

/** What the contract has a schema for, and nothing else: a body that nobody has validated reaches no action. */
const inputOf = (route: RouteSpec, { params, query, body, headers }: FastifyRequest): unknown => ({
  ...(params as object),
  query,
  ...(route.body && { body }),
  ...(needsVersion(route) && { version: versionsOf(headers['if-match']) }),
});

const has = <K extends string>(value: unknown, key: K): value is Record<K, unknown> =>
  typeof value === 'object' && value !== null && key in value;

const setHeaders = (
  reply: FastifyReply,
  { dto, status, request }: { dto: unknown; status: number; request: FastifyRequest },
): void => {
  if (status === 201 && has(dto, 'id')) reply.header('location', `${pathOf(request)}/${String(dto.id)}`);
  if (has(dto, 'version')) reply.header('etag', etagOf(dto.version));
};

const answerOf = async (
  binding: Binding,
  { input, ctx, encode }: { input: unknown; ctx: Ctx; encode: Encode },
): Promise<Answer> => {
  const dto = await binding.operation(input, ctx);
  return { dto, text: encode(dto) };
};

const handlerOf = (binding: Binding, { unitOfWork, answers }: RouteParts) => {
  const { route } = binding;
  const { status } = successOf(route);
  const encode = encoderOf(route, answers);
  const takesFields = isSparse(route);
  const writes = route.method !== 'GET';
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const ctx = request.scope.ctx as Ctx;
    const call = { input: inputOf(route, request), ctx, encode };
    // The answer is encoded before the commit, so an answer that cannot be sent leaves no effect behind.
    // A read has no unit of work: an action of a GET that writes is refused by its collection.
    const { dto, text } = writes
      ? await unitOfWork.run(ctx, () => answerOf(binding, call), { operation: binding.operationId })
      : await answerOf(binding, call);
    reply.code(status);
    if (status === 204) return reply.send();
    setHeaders(reply, { dto, status, request });
    if (!writes && has(dto, 'version') && isKnown(request.headers['if-none-match'], dto.version)) {
      return reply.code(304).send();
    }
    const fields = takesFields ? (request.query as { fields?: readonly string[] }).fields : undefined;
    return reply.header('content-type', 'application/json; charset=utf-8').send(fields ? sparse(text, fields) : text);
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
    app.route({
      method,
      url: path,
      config: { contract: binding.route },
      schema: { querystring: query ?? noQuery, ...(params && { params }), ...(body && { body }) },
      onRequest: gateOf(auth, parts.gate),
      handler: handlerOf(binding, parts),
    });
  }
};
