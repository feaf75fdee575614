import type { ConfigIssue } from '@plinth/config';
import type { ServiceConfig } from '../settings.ts';
import { describeMongodbUri, describeRedisUrl } from './connection-strings.ts';
import type { Risk } from './risks.ts';

/** The valid settings of a host or command. A setting that it does not have is not checked. */
type CheckedConfig = Partial<ServiceConfig> & { readonly DEMO_DATA?: boolean };

type Rule<N extends keyof CheckedConfig> = {
  readonly risk: Risk;
  readonly isTaken: (value: CheckedConfig[N]) => boolean;
  readonly problem: string;
  readonly fix: string;
};

const rule = <N extends keyof CheckedConfig>(name: N, { risk, isTaken, problem, fix }: Rule<N>) => ({
  risk,
  find: (config: CheckedConfig): ConfigIssue[] =>
    name in config && isTaken(config[name]) ? [{ name, problem, fix }] : [],
});

const rules = [
  rule('MONGODB_URI', {
    risk: 'mongodb-without-tls',
    isTaken: (uri = '') => !describeMongodbUri(uri).hasTls,
    problem: 'connects without TLS',
    fix: 'Add tls=true to it',
  }),
  rule('MONGODB_URI', {
    risk: 'mongodb-without-credentials',
    isTaken: (uri = '') => !describeMongodbUri(uri).hasCredentials,
    problem: 'has no user and password',
    fix: 'Write mongodb://user:password@host, or set authMechanism to MONGODB-X509',
  }),
  rule('MONGODB_URI', {
    risk: 'mongodb-invalid-certificates',
    isTaken: (uri = '') => !describeMongodbUri(uri).verifiesCertificates,
    problem: 'accepts invalid certificates',
    fix: 'Remove tlsInsecure, tlsAllowInvalidCertificates, tlsAllowInvalidHostnames and rejectUnauthorized, and set MONGODB_TLS_CA to your own authority',
  }),
  rule('REDIS_URL', {
    risk: 'redis-without-tls',
    isTaken: (url = '') => !describeRedisUrl(url).hasTls,
    problem: 'connects without TLS',
    fix: 'Begin it with rediss:// and remove the parameter tls',
  }),
  rule('REDIS_URL', {
    risk: 'redis-without-credentials',
    isTaken: (url = '') => !describeRedisUrl(url).hasCredentials,
    problem: 'has no password',
    fix: 'Write rediss://user:password@host',
  }),
  rule('NODE_TLS_REJECT_UNAUTHORIZED', {
    risk: 'invalid-certificates',
    isTaken: (value) => value === '0',
    problem: 'accepts the invalid certificates of every server',
    fix: 'Remove it',
  }),
  rule('PUBLIC_URL', {
    risk: 'http-public-url',
    isTaken: (url) => !url?.startsWith('https://'),
    problem: 'is not an https:// URL',
    fix: 'Set it to the https:// URL by which clients reach the API',
  }),
  rule('CORS_ORIGINS', {
    risk: 'http-origins',
    isTaken: (origins = []) => origins.some((origin) => !origin.startsWith('https://')),
    problem: 'has an origin without https://',
    fix: 'Remove it, or serve its pages by https',
  }),
  rule('AUTH_ISSUER', {
    risk: 'default-issuer',
    isTaken: (issuer) => issuer === 'plinth',
    problem: 'is the default, which issuers of other deployments have too',
    fix: 'Set it to the `iss` of your tokens',
  }),
  rule('AUTH_AUDIENCE', {
    risk: 'default-audience',
    isTaken: (audience) => audience === 'plinth-api',
    problem: 'is the default, which tokens for other deployments have too',
    fix: 'Set it to the `aud` of your tokens',
  }),
  rule('DEMO_DATA', {
    risk: 'demo-data',
    isTaken: (isOn) => isOn === true,
    problem: 'adds users whose ids are public',
    fix: 'Set it to false',
  }),
];

const toFileIssue = (name: string): ConfigIssue => ({
  name,
  problem: 'is a file of settings for development',
  fix: 'Delete it and set the variables of the process, or name files of secrets with <NAME>_FILE',
});

const findRisks = (config: CheckedConfig, envFiles: readonly string[]): readonly (readonly [Risk, ConfigIssue])[] => [
  ...rules.flatMap(({ risk, find }) => find(config).map((issue) => [risk, issue] as const)),
  ...envFiles.map((file) => ['env-file', toFileIssue(file)] as const),
];

const pairs = [
  ['MONGODB_TLS_CERTIFICATE', 'MONGODB_TLS_KEY'],
  ['REDIS_TLS_CERTIFICATE', 'REDIS_TLS_KEY'],
] as const;

const findIncompletePairs = (config: CheckedConfig): ConfigIssue[] =>
  pairs.flatMap(([certificate, key]) => {
    if (
      !(certificate in config && key in config) ||
      (config[certificate] === undefined) === (config[key] === undefined)
    )
      return [];
    return [{ name: certificate, problem: `and ${key} belong together`, fix: 'Set both, or none.' }];
  });

/**
 * Returns the issues that no setting shows alone: a certificate without its key, and in production each risk that
 * `ALLOW_INSECURE` does not name. It is the `check` of `loadOrExit`.
 */
export const checkSettings = (
  config: CheckedConfig,
  { envFiles }: { readonly envFiles: readonly string[] },
): ConfigIssue[] => {
  const incomplete = findIncompletePairs(config);
  if (config.NODE_ENV !== 'production') return incomplete;
  const allowed: readonly string[] = config.ALLOW_INSECURE ?? [];
  const refused = findRisks(config, envFiles).filter(([risk]) => !allowed.includes(risk));
  return [
    ...incomplete,
    ...refused.map(([risk, issue]) => ({ ...issue, fix: `${issue.fix}, or add ${risk} to ALLOW_INSECURE.` })),
  ];
};
