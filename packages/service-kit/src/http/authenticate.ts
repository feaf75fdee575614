import { type Policy, parseBearerToken, type TokenVerifier } from '@plinth/auth';
import { ApiError, type Auth, commonErrors } from '@plinth/contract-kit';
import { anonymous, type Clock, type Ctx, type Principal } from '@plinth/data-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { contractOf } from './contract-of.ts';
import { answerMs } from './late-replies.ts';
import type { Limits } from './limits.ts';
import { streamMs } from './stream.ts';
import { andThen, type Step, takeStep } from './way-in.ts';

export type Gate = {
  readonly verifier: TokenVerifier;
  readonly policy: Policy;
  readonly limits: Limits | undefined;
  readonly clock: Clock;
};

type Call = { readonly request: FastifyRequest; readonly reply: FastifyReply };

const contextOf = ({ request }: Call, actor: Principal, clock: Clock): Ctx => ({
  actor,
  tenantId: actor.tenantId,
  requestId: request.id,
  trace: request.scope.trace,
  deadline: clock.now().getTime() + (contractOf(request)?.stream ? streamMs : answerMs),
  signal: request.scope.gone.signal,
});

/**
 * The hook that lets a request in: who calls, is it not too often, and may they. It needs no input but the path, so it
 * comes before validation, and it stays synchronous while the token is a verified one and its limit is at hand.
 */
export const gateOf = (auth: Auth, gate: Gate) => {
  const { verifier, policy, limits, clock } = gate;
  const assertAllowed = ({ request }: Call, principal: Principal): void => {
    const denial = policy.findDenial(principal, auth, request.params as Record<string, unknown>);
    if (denial) throw commonErrors.forbidden({ permission: denial.permission ?? '' }, { detail: denial.reason });
  };
  const admit = (call: Call, principal: Principal): Step => {
    // The caller is noted first, so that a refusal is logged with who was refused.
    call.request.scope.ctx = contextOf(call, principal, clock);
    const admitted = auth === 'public' ? limits?.admitStranger(call) : limits?.admitCaller(call, principal);
    return andThen(admitted, () => assertAllowed(call, principal));
  };
  const identify = ({ request }: Call): Step<Principal> => {
    if (auth === 'public') return anonymous;
    const token = parseBearerToken(request.headers.authorization);
    if (token === undefined) throw commonErrors.unauthenticated({ detail: 'The request has no bearer token.' });
    return verifier.verify(token);
  };
  /** Whoever names nobody, or somebody wrongly, is told so, but not without limit. */
  const refuse = (call: Call, error: unknown): Step => {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    return andThen(limits?.admitStranger(call), () => {
      throw error;
    });
  };
  const enter = (call: Call): Step => {
    let caller: Step<Principal>;
    try {
      caller = identify(call);
    } catch (error) {
      return refuse(call, error);
    }
    if (!(caller instanceof Promise)) return admit(call, caller);
    return caller.then(
      (principal) => admit(call, principal),
      (error: unknown) => refuse(call, error),
    );
  };
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void =>
    takeStep(() => enter({ request, reply }), done);
};
