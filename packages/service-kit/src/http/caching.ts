import { createHash } from 'node:crypto';
import { type RouteSpec, toCacheControl } from '@plinth/contract-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { matchesIfNoneMatch, toETag } from './conditional-requests.ts';

/** The `Cache-Control` of every response that does not set another. */
export const noStore = 'no-store';

const addVary = (reply: FastifyReply, fields: string): void => {
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

/** Creates a handler that sends a constant text, which any cache may keep and revalidate by its `ETag`. */
export const staticResponse = (type: string, text: string) => {
  const tag = createHash('sha256').update(text).digest('base64url');
  const headers = { 'cache-control': `public, max-age=${staticSeconds}`, etag: toETag(tag) };
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    reply.headers(headers);
    addVary(reply, 'accept-encoding');
    return matchesIfNoneMatch(request.headers['if-none-match'], tag)
      ? reply.code(304).send()
      : reply.type(`${type}; charset=utf-8`).send(text);
  };
};
