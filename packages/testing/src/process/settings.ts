import { randomBytes } from 'node:crypto';

/** Begins the names of databases that nobody else has. */
export const aDatabasePrefix = (): string => `t${randomBytes(6).toString('hex')}_`;

/** What every host needs but the keys of its callers: the engines of this run, on which nobody else has the same names. */
export const ownSettings = () => {
  const prefix = aDatabasePrefix();
  const { MONGODB_URI = '', REDIS_URL = '' } = process.env;
  return {
    MONGODB_URI,
    MONGODB_DATABASE_PREFIX: prefix,
    REDIS_URL,
    REDIS_KEY_PREFIX: prefix,
    CURSOR_SECRET: randomBytes(32).toString('base64url'),
  };
};

const unlimited = '1000000000';

/** Limits that no caller meets, whoever they are; everything is counted all the same. */
export const withoutLimits = {
  LIMIT_DEFAULT_PLAN: 'enterprise',
  LIMIT_IP_PER_MINUTE: unlimited,
  LIMIT_ANONYMOUS_PER_MINUTE: unlimited,
  LIMIT_ENTERPRISE_PER_MINUTE: unlimited,
  LIMIT_SENSITIVE_PER_MINUTE: unlimited,
} as const;
