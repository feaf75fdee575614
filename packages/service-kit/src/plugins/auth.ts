import { bearerToken, type Policy, type TokenVerifier } from '@plinth/auth';
import { ApiError, type Auth, commonErrors } from '@plinth/contract-kit';
import { anonymous, type Clock, type Ctx, type Principal } from '@plinth/data-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Limits } from '../http/limits.ts';
import { streamMs } from '../http/stream.ts';
import { requestTimeoutMs } from './request-timeout.ts';

export type AuthDeps = {
  readonly verifier: TokenVerifier;
  readonly policy: Policy;
  readonly limits: Limits | undefined;
  readonly clock: Clock;
};

const createContext = (request: FastifyRequest, actor: Principal, clock: Clock): Ctx => ({
  actor,
  tenantId: actor.tenantId,
  requestId: request.id,
  trace: request.scope.trace,
  deadline: clock.now().getTime() + (request.scope.config.contract?.stream ? streamMs : requestTimeoutMs),
  signal: request.scope.abort.signal,
});

/** Creates the hook of a route that authenticates, limits and authorizes. It needs only the path, so it runs before validation. */
export const createAuthHook = (auth: Auth, { verifier, policy, limits, clock }: AuthDeps) => {
  const verify = async ({ headers }: FastifyRequest): Promise<Principal> => {
    const token = bearerToken(headers.authorization);
    if (token === undefined) throw commonErrors.unauthenticated({ detail: 'The request has no bearer token.' });
    return verifier.verify(token);
  };
  const authenticate = async (request: FastifyRequest, reply: FastifyReply): Promise<Principal> => {
    if (auth === 'public') return anonymous;
    try {
      return await verify(request);
    } catch (error) {
      // Requests without a valid credential are limited too.
      if (error instanceof ApiError && error.status === 401) await limits?.limitAnonymous({ request, reply });
      throw error;
    }
  };
  const assertAllowed = (request: FastifyRequest, principal: Principal): void => {
    const params = request.params as Record<string, unknown>;
    if (policy.allows(principal, auth, params)) return;
    const { permission = '', because } = policy.explain(principal, auth, params);
    throw commonErrors.forbidden({ permission }, { detail: because });
  };
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const principal = await authenticate(request, reply);
    // The context comes first, so that the log line of a refusal names its principal.
    request.scope.ctx = createContext(request, principal, clock);
    if (auth === 'public') await limits?.limitAnonymous({ request, reply });
    else await limits?.limitPrincipal({ request, reply }, principal);
    assertAllowed(request, principal);
  };
};

/** Authenticates and authorizes every route of a contract. */
export const auth = fp<AuthDeps>(
  async (app, deps) => {
    app.addHook('onRoute', (route) => {
      const contract = route.config?.contract;
      if (!contract) return;
      deps.policy.assertKnown(contract.auth);
      route.onRequest = [route.onRequest ?? [], createAuthHook(contract.auth, deps)].flat();
    });
  },
  { name: 'auth', dependencies: ['request-context', 'request-timeout'] },
);
