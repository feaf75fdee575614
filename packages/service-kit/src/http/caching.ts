import { createHash } from 'node:crypto';
import { type RouteSpec, toCacheControl } from '@plinth/contract-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { etagOf, isKnown } from './conditions.ts';

/** The `Cache-Control` of an answer that nobody may keep, which is any that does not say otherwise. */
export const noStore = 'no-store';

/** On which headers of a request an answer depends that may be compressed. */
export const varyOf = ({ variesByOrigin }: { readonly variesByOrigin: boolean }): string =>
  variesByOrigin ? 'origin, accept-encoding' : 'accept-encoding';

/**
 * What an answer says to those who may keep it, by the contract of its route; nothing where nobody may. The cache of a
 * browser outlives a sign-out, so an answer by credential is given again to the same credential alone.
 */
export const cacheHeadersOf = (route: RouteSpec, vary: string): Readonly<Record<string, string>> | undefined => {
  const control = toCacheControl(route);
  if (control === undefined) return undefined;
  return { 'cache-control': control, vary: route.auth === 'public' ? vary : `authorization, ${vary}` };
};

/** Seconds for which what changes with a release alone may be kept. */
const releasedSeconds = 300;

/** Makes what answers with a text that is the same until the next release: any cache may keep it, and ask by its `ETag`. */
export const unchanging = (type: string, text: string) => {
  const tag = createHash('sha256').update(text).digest('base64url');
  const headers = { 'cache-control': `public, max-age=${releasedSeconds}`, etag: etagOf(tag) };
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    isKnown(request.headers['if-none-match'], tag)
      ? reply.code(304).headers(headers).send()
      : reply.headers(headers).header('content-type', `${type}; charset=utf-8`).send(text);
};
