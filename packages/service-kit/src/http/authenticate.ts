import { bearerToken, type Policy, type TokenVerifier } from '@plinth/auth';
import { type Auth, anonymous, type Clock, type Ctx, commonErrors, type Principal } from '@plinth/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { contractOf } from './contract-of.ts';
import { streamMs } from './stream.ts';

/** Milliseconds that a request has, from its first byte to the commit. */
const answerMs = 8000;

export type Gate = { readonly verifier: TokenVerifier; readonly policy: Policy; readonly clock: Clock };

/** Aborted when the caller goes before the answer. That of the request itself is aborted as soon as a body has been read. */
const goneSignalOf = ({ raw }: FastifyReply): AbortSignal => {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort();
  });
  return gone.signal;
};

type Call = { readonly request: FastifyRequest; readonly reply: FastifyReply };

const contextOf = ({ request, reply }: Call, actor: Principal, clock: Clock): Ctx => ({
  actor,
  tenantId: actor.tenantId,
  requestId: request.id,
  trace: request.scope.trace,
  deadline: clock.now().getTime() + (contractOf(request)?.stream ? streamMs : answerMs),
  signal: goneSignalOf(reply),
});

/**
 * The hook that lets a request in: who calls, and may they. It needs no input but the path, so it comes before
 * validation, and it stays synchronous while the token is a verified one.
 */
export const gateOf = (auth: Auth, gate: Gate) => {
  const { verifier, policy, clock } = gate;
  const admit = (call: Call, principal: Principal): void => {
    const { request } = call;
    // The caller is noted first, so that a refusal is logged with who was refused.
    request.scope.ctx = contextOf(call, principal, clock);
    const params = request.params as Record<string, unknown>;
    if (policy.allows(principal, auth, params)) return;
    const { permission = '', because } = policy.explain(principal, auth, params);
    throw commonErrors.forbidden({ permission }, { detail: because });
  };
  const enter = (call: Call): Promise<void> | undefined => {
    if (auth === 'public') {
      admit(call, anonymous);
      return undefined;
    }
    const token = bearerToken(call.request.headers.authorization);
    if (token === undefined) throw commonErrors.unauthenticated({ detail: 'The request has no bearer token.' });
    const found = verifier.verify(token);
    if (found instanceof Promise) return found.then((principal) => admit(call, principal));
    admit(call, found);
    return undefined;
  };
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    let entering: Promise<void> | undefined;
    try {
      entering = enter({ request, reply });
    } catch (error) {
      return done(error as Error);
    }
    if (entering) entering.then(() => done(), done);
    else done();
  };
};
