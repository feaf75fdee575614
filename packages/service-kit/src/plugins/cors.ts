import fastifyCors from '@fastify/cors';
import fp from 'fastify-plugin';

/** Seconds for which a browser may cache the response to a preflight. */
const preflightSeconds = 600;

export type CorsOptions = { readonly origins: readonly string[] };

/** Lets the pages of exactly these origins call the API from a browser, with credentials. */
export const cors = fp<CorsOptions>(
  async (app, { origins }) => {
    if (origins.length === 0) return;
    await app.register(fastifyCors, {
      origin: [...origins],
      credentials: true,
      maxAge: preflightSeconds,
      methods: ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'],
      allowedHeaders: [
        'accept',
        'authorization',
        'baggage',
        'content-type',
        'idempotency-key',
        'if-match',
        'if-none-match',
        'traceparent',
        'tracestate',
        'x-request-id',
      ],
      exposedHeaders: [
        'deprecation',
        'etag',
        'idempotency-replayed',
        'location',
        'ratelimit',
        'ratelimit-policy',
        'retry-after',
        'sunset',
        'x-request-id',
      ],
    });
  },
  // @fastify/cors responds to preflights itself, with the default headers.
  { name: 'cors', dependencies: ['request-context'] },
);
