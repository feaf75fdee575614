import { PublicJwks } from '@plinth/auth';
import { flag, host, integer, json, list, milliseconds, oneOf, port, secret, text, url } from '@plinth/config';
import { z } from 'zod';
import { limitSettings } from './limit-settings.ts';

/** The settings of every service and host. */
export const serviceSettings = {
  NODE_ENV: oneOf('In production, answers are serialized by compiled code and log lines are buffered.', {
    values: ['development', 'production', 'test'],
    default: 'development',
  }),
  HOST: host('The address to listen on.', { default: '127.0.0.1' }),
  PORT: port('The port to listen on.', { default: 3000 }),
  PUBLIC_URL: url('Where clients reach the API; the error types of the answers begin with it.', {
    schemes: ['http', 'https'],
    example: 'https://api.example.com',
    optional: true,
  }),
  CORS_ORIGINS: list('The origins whose pages may call the API from a browser, with credentials.', {
    example: 'https://app.example.com,https://admin.example.com',
    // Exact ones: a wildcard would let every page of the internet act with the credentials of its visitors.
    item: /^https?:\/\/[a-z0-9.-]+(?::\d{1,5})?$/,
    expects: 'origins such as https://app.example.com, with commas between them, without a wildcard or a path',
    optional: true,
  }),
  LOG_LEVEL: oneOf('The least severe lines that are logged.', {
    values: ['debug', 'info', 'warn', 'error', 'fatal'],
    default: 'info',
  }),
  IN_FLIGHT_MAX: integer('How many requests one process works on at a time; more wait for a moment.', {
    min: 1,
    max: 100_000,
    default: 256,
  }),
  SHUTDOWN_DELAY_MS: milliseconds(
    'In production, how long a service that was told to stop goes on serving after its readiness has failed.',
    { min: 0, max: 8000, default: 3000 },
  ),
  METRICS_PORT: json('The port of /metrics, apart from the API. Without one, metrics are not served.', {
    schema: z.int().min(0).max(65_535),
    expects: 'a port from 0 to 65535',
    example: '9464',
    optional: true,
  }),
  METRICS_HOST: host('The address of /metrics. Only the network that Prometheus is in should reach it.', {
    default: '127.0.0.1',
  }),
  OTEL_TRACING: flag('Records traces and sends them to a collector. docs/observability.md says what that costs.', {
    default: false,
  }),
  OTEL_TRACES_SAMPLER_ARG: json(
    'The part of the traces that is recorded; the same for every service. By default 0.1 in production and 1 elsewhere.',
    {
      schema: z.number().min(0).max(1),
      expects: 'a number from 0 to 1',
      example: '0.1',
      optional: true,
    },
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(
    'The collector of the traces, which takes OTLP over HTTP in protobuf at /v1/traces.',
    {
      schemes: ['http', 'https'],
      example: 'http://127.0.0.1:4318',
      optional: true,
    },
  ),
  MONGODB_URI: url('The MongoDB replica set that holds the data.', {
    schemes: ['mongodb', 'mongodb+srv'],
    example: 'mongodb://127.0.0.1:27017/?replicaSet=rs0',
  }),
  MONGODB_POOL_SIZE: integer('How many connections to MongoDB one process opens at most.', {
    min: 1,
    max: 500,
    default: 32,
  }),
  MONGODB_DATABASE_PREFIX: text('Stands before the name of each database, for several deployments on one cluster.', {
    example: 'staging_',
    pattern: /^[a-z][a-z0-9_]{0,20}$/,
    expects: 'at most 21 lower-case letters, digits and underscores',
    optional: true,
  }),
  REDIS_URL: url('The Redis that carries what may be lost: limits, queues, caches.', {
    schemes: ['redis', 'rediss'],
    example: 'redis://127.0.0.1:6379',
  }),
  AUTH_JWKS: json('The public keys that access tokens are verified with, as a JSON Web Key Set.', {
    schema: PublicJwks,
    trusted: true,
    expects: 'a JSON Web Key Set of public Ed25519 keys, each with kid, alg "EdDSA" and use "sig"',
    example:
      '{"keys":[{"kid":"key-1","kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","x":"jB81oGHNzcOOBVXooDLb8yM72EwYZiZtzB8Wzh_DTS4"}]}',
  }),
  AUTH_ISSUER: text('The only issuer (`iss`) whose tokens are accepted.', { example: 'plinth', default: 'plinth' }),
  AUTH_AUDIENCE: text('What this API is called in the audience (`aud`) of a token.', {
    example: 'plinth-api',
    default: 'plinth-api',
  }),
  CURSOR_SECRET: secret('Signs the cursors of lists; the same for every instance.'),
  ...limitSettings,
};
