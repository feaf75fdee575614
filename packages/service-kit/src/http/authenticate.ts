import { bearerToken, type Policy, type TokenVerifier } from '@plinth/auth';
import { type Auth, anonymous, type Clock, type Ctx, commonErrors, type Principal } from '@plinth/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Milliseconds that a request has, from its first byte to the commit. */
const deadlineMs = 8000;

export type Gate = { readonly verifier: TokenVerifier; readonly policy: Policy; readonly clock: Clock };

const contextOf = (request: FastifyRequest, actor: Principal, clock: Clock): Ctx => ({
  actor,
  tenantId: actor.tenantId,
  requestId: request.id,
  trace: request.scope.trace,
  deadline: clock.now().getTime() + deadlineMs,
  signal: request.signal,
});

/**
 * The hook that lets a request in: who calls, and may they. It needs no input but the path, so it comes before
 * validation, and it stays synchronous while the token is a verified one.
 */
export const gateOf = (auth: Auth, gate: Gate) => {
  const { verifier, policy, clock } = gate;
  const admit = (request: FastifyRequest, principal: Principal): void => {
    // The caller is noted first, so that a refusal is logged with who was refused.
    request.scope.ctx = contextOf(request, principal, clock);
    const params = request.params as Record<string, unknown>;
    if (policy.allows(principal, auth, params)) return;
    const { permission = '', because } = policy.explain(principal, auth, params);
    throw commonErrors.forbidden({ permission }, { detail: because });
  };
  const enter = (request: FastifyRequest): Promise<void> | undefined => {
    if (auth === 'public') {
      admit(request, anonymous);
      return undefined;
    }
    const token = bearerToken(request.headers.authorization);
    if (token === undefined) throw commonErrors.unauthenticated({ detail: 'The request has no bearer token.' });
    const found = verifier.verify(token);
    if (found instanceof Promise) return found.then((principal) => admit(request, principal));
    admit(request, found);
    return undefined;
  };
  return (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
    let entering: Promise<void> | undefined;
    try {
      entering = enter(request);
    } catch (error) {
      return done(error as Error);
    }
    if (entering) entering.then(() => done(), done);
    else done();
  };
};
