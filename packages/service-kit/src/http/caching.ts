import { createHash } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { type RouteSpec, toCacheControl } from '@plinth/contract-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { matchesIfNoneMatch, toETag } from './conditional-requests.ts';

/** The `Cache-Control` of every response that does not set another. */
export const noStore = 'no-store';

export const addVary = (reply: FastifyReply, fields: string): void => {
  const current = reply.getHeader('vary');
  reply.header('vary', current === undefined ? fields : `${String(current)}, ${fields}`);
};

/** Sets the caching headers of a response. */
export type SetCaching = (reply: FastifyReply) => void;

/**
 * Creates the caching headers of a route from its contract; `undefined` when its response may not be cached. A browser's
 * cache outlives a sign-out, so a response to a request with a credential is reused only for the same credential.
 */
export const createCaching = (route: RouteSpec): SetCaching | undefined => {
  const control = toCacheControl(route);
  if (control === undefined) return undefined;
  const vary = route.auth === 'public' ? 'accept-encoding' : 'authorization, accept-encoding';
  return (reply) => {
    reply.header('cache-control', control);
    addVary(reply, vary);
  };
};

/** The seconds for which a text that changes only with a release may be cached. */
const staticSeconds = 300;

/** Shorter texts are sent uncompressed. */
export const compressedBytesMin = 1024;

/**
 * Encodes a constant text once in each content coding: compressing hundreds of kilobytes for each request would let one client
 * occupy the process. Connections share the bytes, so that clients that do not read them cost no memory.
 */
const createCodings = (text: string): Readonly<Record<string, Buffer>> => {
  const identity = Buffer.from(text);
  if (identity.length < compressedBytesMin) return { identity };
  // A higher quality would block the process for half a second.
  const br = brotliCompressSync(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } });
  return { br, gzip: gzipSync(identity), identity };
};

/** Chooses the content coding that the client prefers, and names it in the response. */
export const chooseCoding = <C>(
  request: FastifyRequest,
  reply: FastifyReply,
  codings: Readonly<Record<string, C>>,
): C => {
  const coding = request.encoding(Object.keys(codings)) || 'identity';
  if (coding !== 'identity') reply.header('content-encoding', coding);
  return codings[coding] as C;
};

const createContent = (text: string) => {
  const tag = createHash('sha256').update(text).digest('base64url');
  const headers = { 'cache-control': `public, max-age=${staticSeconds}`, etag: toETag(tag) };
  return { tag, headers, codings: createCodings(text) };
};

/**
 * Creates a handler that sends a constant text, which any cache may keep and revalidate by its `ETag`. The text is created for the
 * first request, so that it does not delay the start. Its route has the option `compress: false`.
 */
export const staticResponse = (
  type: string,
  createText: () => string,
  ownHeaders: Readonly<Record<string, string>> = {},
) => {
  let content: ReturnType<typeof createContent> | undefined;
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    content ??= createContent(createText());
    const { tag, headers, codings } = content;
    reply.headers(headers).headers(ownHeaders);
    addVary(reply, 'accept-encoding');
    if (matchesIfNoneMatch(request.headers['if-none-match'], tag)) return reply.code(304).send();
    return reply.type(`${type}; charset=utf-8`).send(chooseCoding(request, reply, codings));
  };
};
