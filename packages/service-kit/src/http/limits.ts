import { commonErrors } from '@plinth/contract-kit';
import {
  type Limit,
  type LimitDecision,
  type Limiter,
  type LimiterCounts,
  type Plan,
  type Principal,
} from '@plinth/data-kit';
import type { Metrics } from '@plinth/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toClientNetwork } from './client-network.ts';
import { chain, type MaybePromise } from './maybe-promise.ts';

/** How much is allowed to whom. */
export type LimitPolicies = {
  /** Each address, whatever it sends. */
  readonly ip: Limit;
  /** Each address, for requests that name nobody or name somebody wrongly. */
  readonly anonymous: Limit;
  /** Each caller and each route that its contract calls sensitive. */
  readonly sensitive: Limit;
  /** Each person in a tenant, by what the tenant is subscribed to. */
  readonly plans: Readonly<Record<Plan, Limit>>;
};

export type LimitParts = {
  readonly limiter: Limiter;
  readonly policies: LimitPolicies;
  readonly planOf: (tenantId: string) => Plan;
};

/** On whose account a token is taken. */
const stages = ['ip', 'anonymous', 'subject', 'sensitive'] as const;
type Stage = (typeof stages)[number];
type Bucket = { readonly limit: Limit; readonly subject: string };

type Call = { readonly request: FastifyRequest; readonly reply: FastifyReply };

/** The buckets that a request takes from on its way in. Each step throws `rateLimited` when its bucket is empty. */
export type Limits = {
  /** Whoever it is: before anybody looks at the request. */
  readonly limitIp: (call: Call) => MaybePromise;
  /** Somebody without a valid credential. */
  readonly limitAnonymous: (call: Call) => MaybePromise;
  /** Somebody with one. */
  readonly limitPrincipal: (call: Call, principal: Principal) => MaybePromise;
};

/** The header that describes a limit is the same for every answer. */
const policyHeaders = new WeakMap<Limit, string>();

const policyHeaderOf = (limit: Limit): string => {
  const known = policyHeaders.get(limit);
  if (known !== undefined) return known;
  const header = `"${limit.name}";q=${limit.quota};w=${limit.windowSeconds}`;
  policyHeaders.set(limit, header);
  return header;
};

/** Writes the headers of the bucket that has the least left, or that refuses. @throws `rateLimited` when it does. */
const conclude = ({ request, reply }: Call, limit: Limit, decision: LimitDecision): void => {
  const { isAllowed, remaining, resetSeconds } = decision;
  const { scope } = request;
  if (isAllowed && scope.tokensLeft !== undefined && scope.tokensLeft < remaining) return;
  scope.tokensLeft = remaining;
  reply.header('ratelimit-policy', policyHeaderOf(limit));
  reply.header('ratelimit', `"${limit.name}";r=${remaining};t=${resetSeconds}`);
  if (isAllowed) return;
  reply.header('retry-after', String(resetSeconds));
  throw commonErrors.rateLimited({
    detail: `The limit '${limit.name}' of ${limit.quota} requests in ${limit.windowSeconds} seconds is used up. There is room again in ${resetSeconds} s.`,
  });
};

/** Counts what is decided, by the bucket that decides. */
const countersOf = (metrics: Metrics) => {
  const decisions = metrics.counter('rate_limit_decisions_total', 'Tokens that requests asked a bucket for.', {
    limit: stages,
    decision: ['allowed', 'refused'],
  });
  const countOf = (limit: Stage) => ({
    allowed: decisions.of({ limit, decision: 'allowed' }),
    refused: decisions.of({ limit, decision: 'refused' }),
  });
  return {
    ip: countOf('ip'),
    anonymous: countOf('anonymous'),
    sensitive: countOf('sensitive'),
    subject: countOf('subject'),
  };
};

const measureSharing = (metrics: Metrics, counts: LimiterCounts): void => {
  metrics.total(
    'rate_limit_local_decisions_total',
    'Tokens that this process gave by itself, because Redis was away or slow.',
    () => counts.decidedLocally,
  );
  metrics.total('rate_limit_round_trips_total', 'Round trips to Redis for leases of tokens.', () => counts.exchanges);
};

/** Makes what names the bucket of a person: of one, whose token was verified once, always by the same text. */
const createSubjects = () => {
  const subjects = new WeakMap<Principal, string>();
  return (principal: Principal): string => {
    const known = subjects.get(principal);
    if (known !== undefined) return known;
    const subject = `${principal.tenantId} ${principal.id}`;
    subjects.set(principal, subject);
    return subject;
  };
};

/** Makes the limits of a host. */
export const createLimits = ({ limiter, policies, planOf }: LimitParts, metrics: Metrics): Limits => {
  const counters = countersOf(metrics);
  if (limiter.counts) measureSharing(metrics, limiter.counts);
  const subjectOf = createSubjects();
  const take = (call: Call, stage: Stage, { limit, subject }: Bucket): MaybePromise =>
    chain(limiter.take(limit, subject), (decision) => {
      counters[stage][decision.isAllowed ? 'allowed' : 'refused'].add();
      conclude(call, limit, decision);
    });
  const takeSensitive = (call: Call, subject: string): MaybePromise => {
    const route = call.request.scope.config.contract;
    return route?.limit === 'sensitive'
      ? take(call, 'sensitive', { limit: policies.sensitive, subject: `${route.method} ${route.path} ${subject}` })
      : undefined;
  };
  return {
    limitIp: (call) => take(call, 'ip', { limit: policies.ip, subject: toClientNetwork(call.request.ip) }),
    limitAnonymous: (call) => {
      const subject = toClientNetwork(call.request.ip);
      return chain(take(call, 'anonymous', { limit: policies.anonymous, subject }), () => takeSensitive(call, subject));
    },
    limitPrincipal: (call, principal) => {
      const subject = subjectOf(principal);
      const limit = policies.plans[planOf(principal.tenantId)];
      return chain(take(call, 'subject', { limit, subject }), () => takeSensitive(call, subject));
    },
  };
};
