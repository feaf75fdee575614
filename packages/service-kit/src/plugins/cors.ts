import fastifyCors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { headerComponents } from '../openapi/headers.ts';

/** Seconds for which a browser may cache the response to a preflight. */
const preflightSeconds = 600;

/** Every header of the reference, and that of a 405, which no route has. */
const exposedHeaders = [...Object.keys(headerComponents), 'Allow'].map((name) => name.toLowerCase());

const isPreflight = ({ headers }: FastifyRequest): boolean =>
  headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

export type CorsOptions = { readonly origins: readonly string[] };

/** Lets the pages of exactly these origins call the API from a browser, with credentials. */
export const cors = fp<CorsOptions>(
  async (app, { origins }) => {
    if (origins.length === 0) return;
    const options: FastifyCorsOptions = {
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
      exposedHeaders,
    };
    // @fastify/cors responds to any other OPTIONS in plain text.
    const plain = { ...options, preflight: false };
    await app.register(fastifyCors, {
      delegator: (request, callback) => callback(null, isPreflight(request) ? options : plain),
    });
  },
  // @fastify/cors responds to preflights itself, with the default headers.
  { name: 'cors', dependencies: ['request-context'] },
);
