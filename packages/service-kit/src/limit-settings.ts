import { integer, list, oneOf, type Sentence, text } from '@plinth/config';
import { plans } from '@plinth/data-kit';
import { z } from 'zod';

const perMinute = <const D extends number>(description: Sentence, defaultValue: D) =>
  integer(description, { min: 1, max: 1_000_000_000, default: defaultValue });

/** One network. That of everybody is none: it would let every caller choose the address that is counted. */
const network = new RegExp(`^(?!.*/0$)(?:${z.regexes.cidrv4.source}|${z.regexes.cidrv6.source})`);

/** How much is allowed to whom: docs/limits.md. */
export const limitSettings = {
  LIMIT_IP_PER_MINUTE: perMinute('How many requests an address may send, whoever is behind it.', 3000),
  LIMIT_ANONYMOUS_PER_MINUTE: perMinute('How many requests without a valid credential an address may send.', 60),
  LIMIT_FREE_PER_MINUTE: perMinute('How many requests each person of a tenant on the plan free may send.', 300),
  LIMIT_PRO_PER_MINUTE: perMinute('How many requests each person of a tenant on the plan pro may send.', 1000),
  LIMIT_ENTERPRISE_PER_MINUTE: perMinute(
    'How many requests each person of a tenant on the plan enterprise may send, as its contract says.',
    600_000,
  ),
  LIMIT_SENSITIVE_PER_MINUTE: perMinute('How many requests a caller may send to one sensitive route.', 10),
  LIMIT_DEFAULT_PLAN: oneOf('The plan of a tenant of which nothing else is known.', { values: plans, default: 'free' }),
  REDIS_KEY_PREFIX: text('Stands before each key, for several deployments on one Redis.', {
    example: 'staging:',
    pattern: /^[a-z][a-z0-9_:-]{0,40}$/,
    expects: 'at most 41 lower-case letters, digits, underscores, hyphens and colons',
    optional: true,
  }),
  TRUST_PROXY: list('The networks of the proxies in front, whose X-Forwarded-For says where a request comes from.', {
    example: '10.0.0.0/8,fd00::/8',
    item: network,
    expects: 'networks in CIDR form, with commas between them; a network of everybody is none',
    optional: true,
  }),
};
