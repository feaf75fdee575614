import { createLocalLimiter, type Limit, type Limiter, type Plan } from '@plinth/data-kit';
import type { LimitParts } from './http/limits.ts';
import type { ServiceConfig } from './settings.ts';

const perMinute = (name: string, quota: number): Limit => ({ name, quota, windowSeconds: 60 });

type Sources = {
  readonly config: ServiceConfig;
  /** Those of a process, of which one may share buckets with other processes. */
  readonly connections: readonly { readonly limiter?: Limiter }[];
  /** What a tenant is subscribed to, as far as anybody knows. */
  readonly planOf: ((tenantId: string) => Plan | undefined) | undefined;
};

/** The limits that the settings name, with the buckets of the first connection that shares some. */
export const limitPartsOf = ({ config, connections, planOf }: Sources): LimitParts => ({
  limiter:
    connections.find(({ limiter }) => limiter)?.limiter ?? createLocalLimiter({ nowMs: () => performance.now() }),
  policies: {
    ip: perMinute('ip', config.LIMIT_IP_PER_MINUTE),
    anonymous: perMinute('anonymous', config.LIMIT_ANONYMOUS_PER_MINUTE),
    sensitive: perMinute('sensitive', config.LIMIT_SENSITIVE_PER_MINUTE),
    plans: {
      free: perMinute('subject', config.LIMIT_FREE_PER_MINUTE),
      pro: perMinute('subject', config.LIMIT_PRO_PER_MINUTE),
      enterprise: perMinute('subject', config.LIMIT_ENTERPRISE_PER_MINUTE),
    },
  },
  planOf: (tenantId) => planOf?.(tenantId) ?? config.LIMIT_DEFAULT_PLAN,
});
