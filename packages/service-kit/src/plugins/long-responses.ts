import { commonErrors } from '@plinth/contract-kit';
import type { FastifyReply } from 'fastify';
import fp from 'fastify-plugin';
import { type Caller, getCaller } from '../http/caller.ts';
import { createCounts } from '../http/counts.ts';

/** The limits of responses that stream. */
export type LongResponseLimits = {
  /** The long responses that a process sends at the same time. */
  readonly max: number;
  /** The long responses that one user receives at the same time. */
  readonly perUserMax: number;
};

export const defaultLongResponseLimits: LongResponseLimits = { max: 32, perUserMax: 2 };

const retryAfterSeconds = 10;

export type LongResponsesOptions = { readonly longResponses?: LongResponseLimits | undefined };

/** Limits the responses that stream and the uploads, which admission does not count: how many a process, an organization and a user have. An organization has three quarters of them. */
export const longResponses = fp<LongResponsesOptions>(
  async (app, { longResponses: limits = defaultLongResponseLimits }) => {
    const counts = createCounts();
    let total = 0;
    const perTenantMax = Math.ceil((limits.max * 3) / 4);
    const assertRoom = ({ user, tenant }: Caller, reply: FastifyReply): void => {
      if (total >= limits.max || counts.get(tenant) >= perTenantMax) {
        throw commonErrors.unavailable({
          detail: 'The server handles as many exports and uploads as it can. Send the request again later.',
        });
      }
      if (counts.get(user) < limits.perUserMax) return;
      reply.header('retry-after', String(retryAfterSeconds));
      throw commonErrors.rateLimited({
        detail: `You have ${limits.perUserMax} exports or uploads in progress already. Wait until one has ended.`,
      });
    };
    app.addHook('preValidation', async (request, reply) => {
      const { contract } = request.scope.config;
      if (!contract?.stream && !contract?.upload) return;
      const { user, tenant } = getCaller(request);
      assertRoom({ user, tenant }, reply);
      total += 1;
      for (const key of [user, tenant]) counts.add(key, 1);
      reply.raw.once('close', () => {
        total -= 1;
        for (const key of [user, tenant]) counts.add(key, -1);
      });
    });
  },
  { name: 'long-responses', dependencies: ['request-context', 'auth'] },
);
