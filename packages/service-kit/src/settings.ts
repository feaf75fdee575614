import { PublicJwks } from '@plinth/auth';
import { type Config, flag, host, integer, json, list, oneOf, port, secret, text, url } from '@plinth/config';
import { z } from 'zod';
import { limitSettings } from './limit-settings.ts';
import { risks } from './production/risks.ts';
import { mongodbTlsSettings, redisTlsSettings } from './tls-settings.ts';

// Exact origins: a wildcard would let every page of the internet act with the credentials of its visitors.
const Origin = z
  .string()
  .refine((origin) => !/^https?:\/\/[^/]*\//.test(origin), {
    error: 'has a path or a trailing slash after an origin',
    abort: true,
  })
  .regex(/^https?:\/\/[a-z0-9.-]+(?::\d{1,5})?$/);

/** The settings of every service and host. */
export const serviceSettings = {
  NODE_ENV: oneOf('development', 'production', 'test').default('development').meta({
    description:
      'In production, insecure settings are refused, responses are serialized by compiled code and log lines are buffered.',
  }),
  ALLOW_INSECURE: list(z.enum(risks))
    .optional()
    .meta({
      description: 'The risks that production takes. docs/deploy.md explains each.',
      expects: `names with commas between them, among ${risks.join(', ')}`,
      example: 'http-origins',
    }),
  NODE_TLS_REJECT_UNAUTHORIZED: oneOf('1', '0').optional().meta({
    description: 'A variable of Node. With 0 every connection accepts invalid certificates.',
  }),
  HOST: host().default('127.0.0.1').meta({ description: 'The address to listen on.' }),
  PORT: port().default(3000).meta({ description: 'The port to listen on.' }),
  PUBLIC_URL: url('http', 'https').optional().meta({
    description: 'The URL by which clients reach the API. The error types of the responses begin with it.',
    example: 'https://api.example.com',
  }),
  CORS_ORIGINS: list(Origin).optional().meta({
    description: 'The origins whose pages may call the API from a browser, with credentials.',
    expects:
      'origins such as https://app.example.com with commas between them, without a wildcard, path or slash at the end',
    example: 'https://app.example.com,https://admin.example.com',
  }),
  LOG_LEVEL: oneOf('debug', 'info', 'warn', 'error', 'fatal').default('info').meta({
    description: 'The least severe level that is logged.',
  }),
  IN_FLIGHT_MAX: integer({ min: 1, max: 100_000 }).default(256).meta({
    description: 'How many requests one process handles at a time. More are queued for a moment.',
  }),
  CONNECTIONS_MAX: integer({ min: 1, max: 1_000_000 }).default(10_000).meta({
    description: 'How many connections one process holds. More are closed immediately.',
  }),
  CONNECTIONS_PER_IP_MAX: integer({ min: 1, max: 1_000_000 }).default(500).meta({
    description: 'How many of them one IP address may have, unless it is a trusted proxy.',
  }),
  RESPONSE_BYTES_PER_SECOND_MIN: integer({ min: 1, max: 1_000_000 }).default(4096).meta({
    description: 'A client that reads its responses more slowly for 20 seconds is cut.',
  }),
  LONG_RESPONSES_MAX: integer({ min: 1, max: 10_000 }).default(32).meta({
    description: 'How many exports and other streams one process sends at a time.',
  }),
  LONG_RESPONSES_PER_USER_MAX: integer({ min: 1, max: 1000 }).default(2).meta({
    description: 'How many of them one user receives from one process at a time.',
  }),
  SHUTDOWN_DELAY_MS: integer({ max: 8000 }).default(3000).meta({
    description:
      'In production, for how many milliseconds a stopping service still serves after its readiness has failed.',
  }),
  METRICS_PORT: port().optional().meta({
    description: 'The port of /metrics and of probes, apart from the API. Without it, metrics are not served.',
    expects: 'a port from 0 to 65535 other than PORT',
    example: '9464',
    differsFrom: 'PORT',
  }),
  METRICS_HOST: host().default('127.0.0.1').meta({
    description: 'The address of /metrics. Only the network of Prometheus should reach it.',
  }),
  OTEL_TRACING: flag().default(false).meta({
    description: 'Records traces and sends them to a collector. docs/observability.md says what that costs.',
  }),
  OTEL_TRACES_SAMPLER_ARG: json(z.number().min(0).max(1), 'a number from 0 to 1').optional().meta({
    description:
      'The ratio of the traces that are recorded; the same for every service. By default 0.1 in production and 1 elsewhere.',
    example: '0.1',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http', 'https').optional().meta({
    description: 'The collector of the traces. It accepts OTLP over HTTP in protobuf at /v1/traces.',
    example: 'http://127.0.0.1:4318',
  }),
  MONGODB_URI: url('mongodb', 'mongodb+srv').meta({
    description: 'The MongoDB replica set that holds the data.',
    example: 'mongodb://127.0.0.1:27017/?replicaSet=rs0',
  }),
  ...mongodbTlsSettings,
  MIGRATE_ON_START: flag().default(true).meta({
    description:
      'Migrates at each start. With false, a start only compares, and ends when the databases are behind the code.',
  }),
  MONGODB_POOL_SIZE: integer({ min: 1, max: 500 }).default(32).meta({
    description: 'How many connections to MongoDB one process opens at most.',
  }),
  MONGODB_DATABASE_PREFIX: text(/^[a-z][a-z0-9_]{0,20}$/)
    .optional()
    .meta({
      description: 'The prefix of the name of each database, for several deployments on one cluster.',
      expects: 'at most 21 lower-case letters, digits and underscores',
      example: 'staging_',
    }),
  REDIS_URL: url('redis', 'rediss').meta({
    description: 'The Redis of limits, queues and caches. Its data may be lost.',
    example: 'redis://127.0.0.1:6379',
  }),
  ...redisTlsSettings,
  // No example: the keys of an example that is copied would be trusted.
  AUTH_JWKS: json(
    PublicJwks,
    'a JSON Web Key Set of public Ed25519 keys, each with kid, alg "EdDSA" and use "sig"',
  ).meta({
    description:
      'The public keys that access tokens are verified with, as a JSON Web Key Set. From a file they are read again when it changes.',
  }),
  AUTH_ISSUER: text().default('plinth').meta({
    description: 'The only issuer (`iss`) whose tokens are accepted.',
  }),
  AUTH_AUDIENCE: text().default('plinth-api').meta({
    description: 'The name of this API in the audience (`aud`) of a token.',
  }),
  REVOCATIONS_AGE_MAX_SECONDS: integer({ min: 5, max: 900 }).default(30).meta({
    description: 'The service is not ready when revocations of tokens may have been missing for longer than this.',
  }),
  CURSOR_SECRET: secret().meta({ description: 'Encrypts the cursors of lists; the same for every instance.' }),
  CURSOR_SECRET_PREVIOUS: secret().optional().meta({
    description:
      'A second secret whose cursors are accepted: the previous one, or the next one while instances restart.',
    differsFrom: 'CURSOR_SECRET',
  }),
  ...limitSettings,
};

export type ServiceConfig = Config<typeof serviceSettings>;
