import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Creates a unique prefix for the names of databases. */
export const createDatabasePrefix = (): string => `t${randomBytes(6).toString('hex')}_`;

/** The risks of hosts that run as in production on databases of one machine; in the form of `ALLOW_INSECURE`. */
const localRisks = [
  'mongodb-without-tls',
  'mongodb-without-credentials',
  'redis-without-tls',
  'redis-without-credentials',
  'http-public-url',
  'default-issuer',
  'default-audience',
  'env-file',
].join();

/** Creates a key with which a host signs tokens of sign-ins. */
const createSigningKey = (): string => {
  const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return JSON.stringify({ ...key, kid: randomBytes(8).toString('hex'), alg: 'EdDSA', use: 'sig' });
};

/** The settings that every host needs, except keys for tokens: the databases of this run, with a unique prefix. */
export const createServiceSettings = () => {
  const prefix = createDatabasePrefix();
  const { MONGODB_URI = '', REDIS_URL = '' } = process.env;
  return {
    ALLOW_INSECURE: localRisks,
    MONGODB_URI,
    MONGODB_DATABASE_PREFIX: prefix,
    REDIS_URL,
    REDIS_KEY_PREFIX: prefix,
    CURSOR_SECRET: randomBytes(32).toString('base64url'),
    IDENTITY_SIGNING_KEY: createSigningKey(),
    IDENTITY_SECRET: randomBytes(32).toString('base64url'),
    PASSWORD_MEMORY_KIB: '64',
    MAIL_DIR: join(tmpdir(), `plinth-mail-${prefix}`),
  };
};

const unlimited = '1000000000';

/** Limits that no caller reaches; requests are counted as usual. */
export const unlimitedRateLimits = {
  LIMIT_DEFAULT_PLAN: 'enterprise',
  LIMIT_IP_PER_MINUTE: unlimited,
  LIMIT_ANONYMOUS_PER_MINUTE: unlimited,
  LIMIT_ENTERPRISE_PER_MINUTE: unlimited,
  LIMIT_ENTERPRISE_KEYS_PER_DAY: unlimited,
  LIMIT_ENTERPRISE_ROWS: unlimited,
  LIMIT_SENSITIVE_PER_MINUTE: unlimited,
  LIMIT_ACCOUNT_PER_HOUR: unlimited,
  CONNECTIONS_PER_IP_MAX: '1000000',
  LONG_RESPONSES_MAX: '10000',
  LONG_RESPONSES_PER_USER_MAX: '1000',
} as const;
