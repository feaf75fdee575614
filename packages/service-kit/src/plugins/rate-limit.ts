import fp from 'fastify-plugin';
import type { Limits } from '../http/limits.ts';
import { runHook } from '../http/maybe-promise.ts';

export type RateLimitOptions = { readonly limits: Limits | undefined };

/** Limits each client network, before authentication; the auth plugin limits each principal. */
export const rateLimit = fp<RateLimitOptions>(
  async (app, { limits }) => {
    if (!limits) return;
    app.addHook('onRequest', (request, reply, done) => {
      if (request.scope.config.probe) done();
      else runHook(() => limits.limitIp({ request, reply }), done);
    });
  },
  { name: 'rate-limit', dependencies: ['request-context', 'errors'] },
);
