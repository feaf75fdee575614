import { integer, list, oneOf, text } from '@plinth/config';
import { plans } from '@plinth/data-kit';
import { z } from 'zod';

const perMinute = (quota: number, description: string) =>
  integer({ min: 1, max: 1_000_000_000 }).default(quota).meta({ description });

// If every address were a trusted proxy, each client could choose the address that is limited.
const Network = z.union([z.cidrv4(), z.cidrv6()]).refine((network) => !network.endsWith('/0'), {
  error: 'has a network of every address',
});

const perDay = (quota: number, plan: string) =>
  integer({ min: 1, max: 1_000_000_000 })
    .default(quota)
    .meta({ description: `How many idempotency keys each user of a tenant on the plan ${plan} may use in a day.` });

const rows = (plan: string) =>
  integer({ min: 1, max: 1_000_000_000 }).meta({
    description: `How many documents a tenant on the plan ${plan} may keep in each collection.`,
  });

/** The limits; docs/limits.md explains them. */
export const limitSettings = {
  LIMIT_IP_PER_MINUTE: perMinute(3000, 'How many requests one IP address may send.'),
  LIMIT_ANONYMOUS_PER_MINUTE: perMinute(60, 'How many requests without a valid credential one IP address may send.'),
  LIMIT_FREE_PER_MINUTE: perMinute(300, 'How many requests each user of a tenant on the plan free may send.'),
  LIMIT_PRO_PER_MINUTE: perMinute(1000, 'How many requests each user of a tenant on the plan pro may send.'),
  LIMIT_ENTERPRISE_PER_MINUTE: perMinute(
    600_000,
    'How many requests each user of a tenant on the plan enterprise may send, as its contract says.',
  ),
  LIMIT_TENANT_FACTOR: integer({ min: 1, max: 1000 }).default(10).meta({
    description: 'How many times the limit of one user all users of a tenant share.',
  }),
  LIMIT_FREE_KEYS_PER_DAY: perDay(10_000, 'free'),
  LIMIT_PRO_KEYS_PER_DAY: perDay(100_000, 'pro'),
  LIMIT_ENTERPRISE_KEYS_PER_DAY: perDay(100_000_000, 'enterprise'),
  LIMIT_FREE_ROWS: rows('free').default(10_000),
  LIMIT_PRO_ROWS: rows('pro').default(100_000),
  LIMIT_ENTERPRISE_ROWS: rows('enterprise').default(10_000_000),
  LIMIT_SENSITIVE_PER_MINUTE: perMinute(10, 'How many requests a caller may send to one sensitive route.'),
  LIMIT_ACCOUNT_PER_HOUR: integer({ min: 1, max: 1_000_000_000 }).default(30).meta({
    description:
      'How many requests to one sensitive route an IP address may send for the same account, such as sign-ins with one e-mail address. All networks together may send ten times as many.',
  }),
  LIMIT_DEFAULT_PLAN: oneOf(...plans)
    .default('free')
    .meta({
      description: 'The plan of a tenant whose plan is unknown.',
    }),
  REDIS_KEY_PREFIX: text(/^[a-z][a-z0-9_:-]{0,40}$/)
    .optional()
    .meta({
      description: 'The prefix of each key, for several deployments on one Redis.',
      expects: 'at most 41 lower-case letters, digits, underscores, hyphens and colons',
      example: 'staging:',
    }),
  TRUST_PROXY: list(Network).optional().meta({
    description: 'The networks of the proxies in front, whose X-Forwarded-For header is trusted.',
    expects: 'networks in CIDR form with commas between them, none of which contains every address',
    example: '10.0.0.0/8,fd00::/8',
  }),
};
