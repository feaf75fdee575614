import { hash } from 'node:crypto';
import fastifyRateLimit, { type FastifyRateLimitStore, type FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import { acceptsIdempotencyKey, commonErrors, type RouteSpec } from '@plinth/contract-kit';
import type { Plan, RateLimitDecision, RateLimiter } from '@plinth/data-kit';
import type { Metrics } from '@plinth/telemetry';
import type { FastifyReply, FastifyRequest, onRouteHookHandler, preHandlerAsyncHookHandler } from 'fastify';
import fp from 'fastify-plugin';
import { z } from 'zod';
import { getCaller, getNetwork } from '../http/caller.ts';

const limitNames = ['ip', 'anonymous', 'subject', 'tenant', 'keys', 'sensitive', 'account', 'account-total'] as const;
type LimitName = (typeof limitNames)[number];

/** Allows `quota` requests in a window. */
export type RateLimitPolicy = { readonly quota: number; readonly windowSeconds: number };

export type RateLimitPolicies = {
  /** For each client network, for all of its requests. */
  readonly ip: RateLimitPolicy;
  /** For each client network, for requests without a valid credential and to public routes. */
  readonly anonymous: RateLimitPolicy;
  /** For each caller and each route whose contract has `limit: 'sensitive'`. */
  readonly sensitive: RateLimitPolicy;
  /** For each client network and each value of the field that the contract of a route names by `limitBy`. */
  readonly account: RateLimitPolicy;
  /** For each value of that field, from all networks together. Much wider: one network must not use up the account of another one. */
  readonly accountTotal: RateLimitPolicy;
  /** For each principal, by the plan of its tenant. */
  readonly plans: Readonly<Record<Plan, RateLimitPolicy>>;
  /** For all principals of a tenant together, by its plan. */
  readonly tenants: Readonly<Record<Plan, RateLimitPolicy>>;
  /** For the requests of each principal that have an idempotency key, by the plan of its tenant. */
  readonly keys: Readonly<Record<Plan, RateLimitPolicy>>;
};

export type RateLimits = {
  readonly limiter: RateLimiter;
  readonly policies: RateLimitPolicies;
  /** Returns the plan of a tenant, or undefined when it is unknown. */
  readonly findPlan?: ((tenantId: string) => Plan | undefined) | undefined;
  /** The plan of a tenant whose plan is unknown. */
  readonly defaultPlan: Plan;
};

type Check = {
  readonly limitName: LimitName;
  readonly policy: RateLimitPolicy;
  readonly isExceeded: boolean;
  readonly remaining: number;
  readonly resetSeconds: number;
};

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Takes a token for the caller of a request, and waits for this check and the earlier checks of the request.
     * @throws `rate-limited` when a bucket is empty.
     */
    limit(request: FastifyRequest, reply: FastifyReply, caller?: 'anonymous' | 'subject'): Promise<void>;
  }
  interface FastifyRequest {
    rateLimitChecks: Promise<Check>[];
  }
}

/** Lets @fastify/rate-limit decide from the token buckets of a limiter. */
const createStore = (limiter: RateLimiter): FastifyRateLimitStoreCtor =>
  class implements FastifyRateLimitStore {
    incr(...[key, callback, windowMs, quota]: Parameters<FastifyRateLimitStore['incr']>): void {
      const settle = ({ isAllowed, remaining, resetSeconds }: RateLimitDecision): void =>
        callback(null, { current: isAllowed ? quota - remaining : quota + 1, ttl: resetSeconds * 1000 });
      const decision = limiter.take({ key, quota, windowSeconds: windowMs / 1000 });
      if (decision instanceof Promise) void decision.then(settle);
      else settle(decision);
    }

    child(): FastifyRateLimitStore {
      return this;
    }
  };

const addMetrics = (metrics: Metrics, { counts }: RateLimiter) => {
  if (counts) {
    metrics.total({
      name: 'rate_limit_local_decisions_total',
      help: 'Requests decided without the shared bucket, because Redis was unreachable or slow.',
      read: () => counts.decidedLocally,
    });
    metrics.total({
      name: 'rate_limit_round_trips_total',
      help: 'Round trips to Redis to lease tokens.',
      read: () => counts.roundTrips,
    });
  }
  const decisions = metrics.counter({
    name: 'rate_limit_decisions_total',
    help: 'Requests decided by a rate limit.',
    labels: { limit: limitNames, decision: ['allowed', 'refused'] },
  });
  const counters = limitNames.map((limit) => {
    const [allowed, refused] = [
      decisions.labels({ limit, decision: 'allowed' }),
      decisions.labels({ limit, decision: 'refused' }),
    ];
    return [limit, { allowed, refused }] as const;
  });
  return Object.fromEntries(counters) as Record<LimitName, (typeof counters)[number][1]>;
};

/** @throws a `TypeError` for a field that the body of a route does not have. */
export const assertLimitBy = ({ method, path, body, limitBy = '' }: RouteSpec): void => {
  if (body instanceof z.core.$ZodObject && Object.hasOwn(body._zod.def.shape, limitBy)) return;
  throw new TypeError(`${method} ${path} limits by '${limitBy}', which is no field of its body.`);
};

/** Returns the value by which a route is limited, as a hash: an address does not belong into the keys of Redis. */
const toAccount = ({ body, scope }: FastifyRequest): string => {
  const value = (body as Readonly<Record<string, unknown>>)[scope.config.contract?.limitBy ?? ''];
  return hash('sha256', String(value).toLowerCase(), 'base64url');
};

const toKey = (limitName: LimitName, request: FastifyRequest): string => {
  const { contract } = request.scope.config;
  const { user, tenant } = getCaller(request);
  if (limitName === 'subject' || limitName === 'keys') return `${limitName} ${user}`;
  if (limitName === 'tenant') return `tenant ${tenant}`;
  if (limitName === 'sensitive') return `sensitive ${contract?.method} ${contract?.path} ${user}`;
  if (limitName === 'account-total') return `account-total ${contract?.method} ${contract?.path} ${toAccount(request)}`;
  if (limitName === 'account') {
    return `account ${contract?.method} ${contract?.path} ${toAccount(request)} ${getNetwork(request)}`;
  }
  return `${limitName} ${getNetwork(request)}`;
};

/** Returns the plan of a tenant, or the default plan when it is unknown. */
export const getPlan = (
  tenantId: string,
  { findPlan, defaultPlan }: Pick<RateLimits, 'findPlan' | 'defaultPlan'>,
): Plan => findPlan?.(tenantId) ?? defaultPlan;

const createPolicyLookup =
  ({ policies: { plans, tenants, keys, accountTotal, ...others }, ...planOptions }: RateLimits) =>
  (limitName: LimitName, { scope }: FastifyRequest): RateLimitPolicy => {
    const plan = getPlan(scope.ctx?.actor.tenantId ?? '', planOptions);
    if (limitName === 'subject') return plans[plan];
    if (limitName === 'tenant') return tenants[plan];
    if (limitName === 'account-total') return accountTotal;
    return limitName === 'keys' ? keys[plan] : others[limitName];
  };

/** Sets the headers of the exceeded check, or of the one with the fewest requests left. @throws `rate-limited` when one is exceeded. */
const applyChecks = (reply: FastifyReply, checks: readonly Check[]): void => {
  const exceeded = checks.find(({ isExceeded }) => isExceeded);
  const [least] = checks.toSorted((left, right) => left.remaining - right.remaining);
  const check = exceeded ?? least;
  if (!check) return;
  const { limitName, policy, remaining, resetSeconds } = check;
  reply.header('ratelimit-policy', `"${limitName}";q=${policy.quota};w=${policy.windowSeconds}`);
  reply.header('ratelimit', `"${limitName}";r=${remaining};t=${resetSeconds}`);
  if (!exceeded) return;
  reply.header('retry-after', String(resetSeconds));
  throw commonErrors.rateLimited({
    detail: `The limit '${limitName}' of ${policy.quota} requests in ${policy.windowSeconds} seconds is used up. Try again in ${resetSeconds} s.`,
  });
};

/** Returns the limits that apply to a request of this caller. */
const listLimits = ({ scope, headers }: FastifyRequest, caller: 'anonymous' | 'subject' | undefined): LimitName[] => {
  if (!caller) return [];
  const { contract } = scope.config;
  const storesResponse = contract && acceptsIdempotencyKey(contract) && headers['idempotency-key'] !== undefined;
  return [
    caller,
    ...(caller === 'subject' ? (['tenant'] as const) : []),
    ...(storesResponse ? (['keys'] as const) : []),
    ...(contract?.limit === 'sensitive' ? (['sensitive'] as const) : []),
  ];
};

/** Adds the limits of an account to routes that have one. After validation, because they read the body. */
const limitAccounts =
  (...limits: readonly ((request: FastifyRequest) => Promise<Check>)[]): onRouteHookHandler =>
  (route) => {
    const { contract } = route.config ?? {};
    if (contract?.limitBy === undefined) return;
    assertLimitBy(contract);
    const limitAccount: preHandlerAsyncHookHandler = async (request, reply) => {
      // One after the other: a network that is above its own limit takes nothing from the account.
      for (const check of limits) {
        request.rateLimitChecks.push(check(request));
        applyChecks(reply, await Promise.all(request.rateLimitChecks));
      }
    };
    route.preHandler = [route.preHandler ?? [], limitAccount].flat();
  };

export type RateLimitOptions = { readonly limits: RateLimits | undefined; readonly metrics: Metrics };

/** Limits each client network before authentication, and each caller after it. Without `limits` nothing is limited. */
export const rateLimit = fp<RateLimitOptions>(
  async (app, { limits, metrics }) => {
    app.decorateRequest('rateLimitChecks');
    if (!limits) {
      app.decorate('limit', async () => undefined);
      return;
    }
    const { limiter } = limits;
    const counters = addMetrics(metrics, limiter);
    await app.register(fastifyRateLimit, { global: false, store: createStore(limiter) });

    const toPolicy = createPolicyLookup(limits);
    const createCheck = (limitName: LimitName) => {
      const check = app.createRateLimit({
        keyGenerator: (request) => toKey(limitName, request),
        max: (request) => toPolicy(limitName, request).quota,
        timeWindow: (request) => toPolicy(limitName, request).windowSeconds * 1000,
      });
      return async (request: FastifyRequest): Promise<Check> => {
        const policy = toPolicy(limitName, request);
        const result = await check(request);
        // The library sets `isAllowed` only for callers on its allow list.
        if (result.isAllowed) throw new Error('The rate limit has no allow list.');
        const { isExceeded, remaining, ttlInSeconds: resetSeconds } = result;
        counters[limitName][isExceeded ? 'refused' : 'allowed'].inc();
        return { limitName, policy, isExceeded, remaining, resetSeconds };
      };
    };
    const checks = Object.fromEntries(limitNames.map((limitName) => [limitName, createCheck(limitName)])) as Record<
      LimitName,
      ReturnType<typeof createCheck>
    >;

    app.decorate('limit', async (request, reply, caller) => {
      for (const limitName of listLimits(request, caller)) request.rateLimitChecks.push(checks[limitName](request));
      applyChecks(reply, await Promise.all(request.rateLimitChecks));
    });
    app.addHook('onRequest', (request, reply, done) => {
      // Started, not awaited: the check of the caller joins the same round trip to Redis.
      request.rateLimitChecks = request.scope.config.probe ? [] : [checks.ip(request)];
      // The next hook, of @fastify/cors, responds to preflights.
      if (request.method === 'OPTIONS') app.limit(request, reply).then(() => done(), done);
      else done();
    });
    app.addHook('onRoute', limitAccounts(checks.account, checks['account-total']));
    // A request to a route without a contract has no check of its caller, so the check of its IP is awaited here.
    app.addHook('preParsing', async (request, reply) => {
      if (!request.scope.config.contract) await app.limit(request, reply);
    });
  },
  { name: 'rate-limit', dependencies: ['request-context', 'errors'] },
);
