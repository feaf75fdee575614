import { load } from '@plinth/config';
import { describe, expect, it } from 'vitest';
import { serviceSettings } from '../settings.ts';
import { checkSettings } from './check-settings.ts';
import { type Risk, risks } from './risks.ts';

type Config = Parameters<typeof checkSettings>[0];

const secure: Config = {
  NODE_ENV: 'production',
  MONGODB_URI: 'mongodb://ada:word@db1,db2/?replicaSet=rs0&tls=true',
  REDIS_URL: 'rediss://:word@cache:6379',
  PUBLIC_URL: 'https://api.example.com',
  CORS_ORIGINS: ['https://app.example.com'],
  AUTH_ISSUER: 'https://auth.example.com',
  AUTH_AUDIENCE: 'https://api.example.com',
  DEMO_DATA: false,
};

/** For each risk, settings that take it and no other. */
const risky: Readonly<Record<Exclude<Risk, 'env-file'>, Config>> = {
  'mongodb-without-tls': { MONGODB_URI: 'mongodb://ada:word@db/?replicaSet=rs0' },
  'mongodb-without-credentials': { MONGODB_URI: 'mongodb://db/?tls=true' },
  'mongodb-invalid-certificates': { MONGODB_URI: 'mongodb://ada:word@db/?tls=true&tlsAllowInvalidCertificates=true' },
  'redis-without-tls': { REDIS_URL: 'redis://:word@cache' },
  'redis-without-credentials': { REDIS_URL: 'rediss://cache' },
  'invalid-certificates': { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
  'http-public-url': { PUBLIC_URL: 'http://api.example.com' },
  'http-origins': { CORS_ORIGINS: ['https://app.example.com', 'http://admin.example.com'] },
  'default-issuer': { AUTH_ISSUER: 'plinth' },
  'default-audience': { AUTH_AUDIENCE: 'plinth-api' },
  'demo-data': { DEMO_DATA: true },
};
const cases = Object.entries(risky) as [Risk, Config][];

const check = (config: Config, ...envFiles: readonly string[]) => checkSettings({ ...secure, ...config }, { envFiles });

/** Returns the risks that the issues name. */
const listRisks = (config: Config, ...envFiles: readonly string[]): string[] =>
  check(config, ...envFiles).map(({ fix }) => /, or add ([a-z-]+) to ALLOW_INSECURE\.$/.exec(fix)?.[1] ?? fix);

describe('in production', () => {
  it('accepts settings without a risk', () => {
    expect(check({})).toEqual([]);
  });

  it.each(cases)(
    'refuses %s, names its setting and how to correct it, and accepts it when it is allowed',
    (risk, config) => {
      expect(listRisks(config)).toEqual([risk]);
      const [issue] = check(config);
      expect(issue?.name).toBe(Object.keys(config)[0]);
      expect(Object.values(issue ?? {}).join(), 'no value is printed').not.toMatch(/:word|@db|cache|example\.com/);
      expect(check({ ...config, ALLOW_INSECURE: [risk] })).toEqual([]);
      expect(listRisks({ ...config, ALLOW_INSECURE: risks.filter((other) => other !== risk) })).toEqual([risk]);
    },
  );

  it('refuses a file .env that was read, unless it is allowed', () => {
    expect(listRisks({}, '/app/.env')).toEqual(['env-file']);
    expect(check({}, '/app/.env')[0]?.name).toBe('/app/.env');
    expect(check({ ALLOW_INSECURE: ['env-file'] }, '/app/.env')).toEqual([]);
  });

  it('reports all risks together', () => {
    const worst = {
      ...Object.assign({}, ...Object.values(risky)),
      MONGODB_URI: 'mongodb://db/?tlsInsecure=true',
      REDIS_URL: 'redis://cache',
    } as Config;
    expect(listRisks(worst, '/app/.env')).toEqual([...risks]);
    expect(check({ ...worst, ALLOW_INSECURE: [...risks] }, '/app/.env')).toEqual([]);
  });

  it('boundary: refuses a missing PUBLIC_URL, and does not check the settings that a command lacks', () => {
    expect(listRisks({ PUBLIC_URL: undefined } as Config)).toEqual(['http-public-url']);
    expect(checkSettings({ NODE_ENV: 'production' }, { envFiles: [] })).toEqual([]);
  });
});

it('development and tests take every risk', () => {
  for (const NODE_ENV of ['development', 'test'] as const) {
    for (const [, config] of cases) expect(check({ ...config, NODE_ENV }, '/app/.env')).toEqual([]);
  }
});

it.each(['MONGODB', 'REDIS'] as const)('a certificate for %s needs its key, and a key its certificate', (database) => {
  const [certificate, key] = [`${database}_TLS_CERTIFICATE`, `${database}_TLS_KEY`];
  const find = (config: object) =>
    check({ NODE_ENV: 'development', [certificate]: undefined, [key]: undefined, ...config });
  const issue = { name: certificate, problem: `and ${key} belong together`, fix: 'Set both, or none.' };
  expect(find({ [certificate]: 'PEM' })).toEqual([issue]);
  expect(find({ [key]: 'PEM' })).toEqual([issue]);
  expect(find({ [certificate]: 'PEM', [key]: 'PEM' })).toEqual([]);
  expect(find({})).toEqual([]);
});

it('ALLOW_INSECURE accepts names of risks only', () => {
  const { ALLOW_INSECURE } = serviceSettings;
  expect(load({ ALLOW_INSECURE }, { ALLOW_INSECURE: risks.join(', ') })).toEqual({ ALLOW_INSECURE: risks });
  expect(() => load({ ALLOW_INSECURE }, { ALLOW_INSECURE: 'env-file,everything' })).toThrow(
    'ALLOW_INSECURE is not valid.',
  );
});
