import {
  assertActive,
  type Policy,
  parseBearerToken,
  Rejection,
  type TokenVerifier,
  type UserAccessCache,
} from '@plinth/auth';
import { ApiError, type Auth, commonErrors, isOfPlatform } from '@plinth/contract-kit';
import { anonymous, type Clock, type Ctx, type Principal, platformTenantId } from '@plinth/data-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { recordRefusal } from '../http/record-refusal.ts';
import { streamTimeoutMs } from '../http/stream.ts';
import type { SecurityEvents } from '../security-events.ts';
import { requestTimeoutMs } from './request-timeout.ts';

export type AuthDeps = {
  readonly verifier: TokenVerifier;
  readonly policy: Policy;
  /** Without it, the user of a token is not looked up. */
  readonly userAccess: UserAccessCache | undefined;
  readonly clock: Clock;
  readonly security: SecurityEvents;
};

const createContext = (request: FastifyRequest, actor: Principal, clock: Clock): Ctx => ({
  actor,
  tenantId:
    request.scope.config.contract && isOfPlatform(request.scope.config.contract) ? platformTenantId : actor.tenantId,
  requestId: request.id,
  trace: request.scope.trace,
  deadline: clock.now().getTime() + (request.scope.config.contract?.stream ? streamTimeoutMs : requestTimeoutMs),
  signal: request.scope.abort.signal,
});

type Params = Readonly<Record<string, unknown>>;

/** Creates the check that a user is active and may call a route: both by their token and by their current roles. */
const createAuthorizer = (auth: Auth, { policy, userAccess }: Pick<AuthDeps, 'policy' | 'userAccess'>) => {
  const assertPermitted = (principal: Parameters<Policy['findDenial']>[0], params: Params): void => {
    const denial = policy.findDenial(principal, auth, params);
    if (denial) throw commonErrors.forbidden({ permission: denial.permission ?? '' }, { detail: denial.reason });
  };
  return async (ctx: Ctx, params: Params): Promise<void> => {
    const { actor } = ctx;
    let customPermissions: readonly string[] | undefined;
    const isOfUser = auth !== 'public' && auth !== 'identity' && actor.tenantId !== platformTenantId;
    if (userAccess && isOfUser) {
      const found = userAccess.get(actor.tenantId === ctx.tenantId ? ctx : { ...ctx, tenantId: actor.tenantId });
      // A cached access is not awaited: an await would delay the request.
      const access = found instanceof Promise ? await found : found;
      assertActive(access);
      ({ customPermissions } = access);
      assertPermitted({ ...actor, roles: access.roles, customPermissions }, params);
    }
    assertPermitted(customPermissions ? { ...actor, customPermissions } : actor, params);
  };
};

type AuthHook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** Creates the hook that authenticates, limits and authorizes. It reads only path and headers, so it runs before validation. */
const createAuthHook = (app: FastifyInstance, auth: Auth, deps: AuthDeps): AuthHook => {
  const { verifier, clock, security } = deps;
  const authorize = createAuthorizer(auth, deps);
  const verify = async ({ headers }: FastifyRequest): Promise<Principal> => {
    const token = parseBearerToken(headers.authorization);
    if (token !== undefined) return verifier.verify(token);
    const cause = new Rejection('no-token');
    throw commonErrors.unauthenticated({ detail: 'The request has no bearer token.', cause });
  };
  const authenticate = async (request: FastifyRequest, reply: FastifyReply): Promise<Principal> => {
    if (auth === 'public') return anonymous;
    try {
      return await verify(request);
    } catch (error) {
      recordRefusal(security, request, error);
      // Requests without a valid credential are limited too.
      if (error instanceof ApiError && error.status === 401) await app.limit(request, reply, 'anonymous');
      throw error;
    }
  };
  return async (request, reply) => {
    const principal = await authenticate(request, reply);
    const ctx = createContext(request, principal, clock);
    const params = request.params as Params;
    // The context comes first, so that the log line of a refusal names its principal.
    request.scope.ctx = ctx;
    await app.limit(request, reply, auth === 'public' ? 'anonymous' : 'subject');
    try {
      await authorize(ctx, params);
    } catch (error) {
      recordRefusal(security, request, error);
      throw error;
    }
    // The client may have disconnected meanwhile: then the steps after this one would wait for an event that has passed.
    ctx.signal.throwIfAborted();
    if (!request.scope.config.contract?.stream || auth === 'public') return;
    request.scope.assertAllowed = async () => {
      await verify(request);
      await authorize(ctx, params);
    };
  };
};

/** Authenticates and authorizes every route of a contract. */
export const auth = fp<AuthDeps>(
  async (app, deps) => {
    app.addHook('onRoute', (route) => {
      const contract = route.config?.contract;
      if (!contract) return;
      deps.policy.assertDeclared(contract.auth);
      route.onRequest = [route.onRequest ?? [], createAuthHook(app, contract.auth, deps)].flat();
    });
  },
  { name: 'auth', dependencies: ['request-context', 'request-timeout', 'rate-limit'] },
);
