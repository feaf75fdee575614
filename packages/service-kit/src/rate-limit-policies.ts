import {
  allow,
  type Plan,
  platformTenantId,
  type RateLimiter,
  refilledTokens,
  refuse,
  type TokenLevel,
  toBucketKey,
} from '@plinth/data-kit';
import { LRUCache } from 'lru-cache';
import { getPlan, type RateLimitPolicy, type RateLimits } from './plugins/rate-limit.ts';
import type { ServiceConfig } from './settings.ts';

const bucketsMax = 100_000;

/** Creates a limiter that only this process uses. */
export const createLocalLimiter = (nowMs: () => number = () => performance.now()): RateLimiter => {
  const levels = new LRUCache<string, TokenLevel>({ max: bucketsMax });
  return {
    take: (bucket) => {
      const key = toBucketKey(bucket);
      const level = levels.get(key);
      const tokens = level ? refilledTokens(bucket, level, nowMs()) : bucket.quota;
      if (tokens < 1) return refuse(bucket, tokens);
      levels.set(key, { tokens: tokens - 1, atMs: nowMs() });
      return allow(bucket, tokens - 1);
    },
  };
};

type RateLimitSources = {
  readonly config: ServiceConfig;
  /** The first connection with a limiter shares its buckets with other processes. */
  readonly connections: readonly { readonly limiter?: RateLimiter }[];
  readonly findPlan: RateLimits['findPlan'];
};

const perMinute = (quota: number): RateLimitPolicy => ({ quota, windowSeconds: 60 });
const perDay = (quota: number): RateLimitPolicy => ({ quota, windowSeconds: 24 * 60 * 60 });

/** Creates the rate limits of the settings. */
export const createRateLimits = ({ config, connections, findPlan }: RateLimitSources): RateLimits => {
  const byPlan = (factor: number) => ({
    free: perMinute(config.LIMIT_FREE_PER_MINUTE * factor),
    pro: perMinute(config.LIMIT_PRO_PER_MINUTE * factor),
    enterprise: perMinute(config.LIMIT_ENTERPRISE_PER_MINUTE * factor),
  });
  return {
    limiter: connections.find(({ limiter }) => limiter)?.limiter ?? createLocalLimiter(),
    policies: {
      ip: perMinute(config.LIMIT_IP_PER_MINUTE),
      anonymous: perMinute(config.LIMIT_ANONYMOUS_PER_MINUTE),
      sensitive: perMinute(config.LIMIT_SENSITIVE_PER_MINUTE),
      account: { quota: config.LIMIT_ACCOUNT_PER_HOUR, windowSeconds: 3600 },
      accountTotal: { quota: config.LIMIT_ACCOUNT_PER_HOUR * 10, windowSeconds: 3600 },
      plans: byPlan(1),
      tenants: byPlan(config.LIMIT_TENANT_FACTOR),
      keys: {
        free: perDay(config.LIMIT_FREE_KEYS_PER_DAY),
        pro: perDay(config.LIMIT_PRO_KEYS_PER_DAY),
        enterprise: perDay(config.LIMIT_ENTERPRISE_KEYS_PER_DAY),
      },
    },
    findPlan,
    defaultPlan: config.LIMIT_DEFAULT_PLAN,
  };
};

/** Creates the lookup of how many documents a tenant may keep in each collection, by its plan. That of the platform has no limit. */
export const createRowLimits = ({ config, findPlan }: Pick<RateLimitSources, 'config' | 'findPlan'>) => {
  const byPlan: Readonly<Record<Plan, number>> = {
    free: config.LIMIT_FREE_ROWS,
    pro: config.LIMIT_PRO_ROWS,
    enterprise: config.LIMIT_ENTERPRISE_ROWS,
  };
  return (tenantId: string): number | undefined =>
    tenantId === platformTenantId
      ? undefined
      : byPlan[getPlan(tenantId, { findPlan, defaultPlan: config.LIMIT_DEFAULT_PLAN })];
};
