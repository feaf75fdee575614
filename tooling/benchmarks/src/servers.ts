import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Issuer } from '@plinth/auth/testing';
import {
  type Child,
  type Environment,
  getFreePort,
  unlimitedRateLimits,
  waitUntilReady,
} from '@plinth/testing/process';
import { choosePinning, type Pinning } from './pinning.ts';
import type { Processes, StartOptions } from './processes.ts';

export const serverNames = ['platform', 'raw'] as const;
export type ServerName = (typeof serverNames)[number];

export type Server = Pick<Child, 'pid' | 'request'> & { readonly url: string };

export type Place = {
  readonly processes: Processes;
  readonly pinning: Pinning | undefined;
  readonly mongodbUri: string;
  readonly redisUrl: string;
  readonly databasePrefix: string;
  /** What makes the platform trust the tokens of the load. */
  readonly trust: Issuer['settings'];
  /** Where the sources of the platform are; here, when it is left out. */
  readonly root?: string;
  /** Settings of the platform beside those that every benchmark has. */
  readonly settings?: Environment;
  /** A module that both servers load before their own. */
  readonly preload?: string;
};

const host = '127.0.0.1';

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The platform as it is deployed, with nothing switched off. The environment of the caller does not reach it. */
const platformOf = (place: Place) => ({
  script: join(place.root ?? fileOf('../../../'), 'apps/platform/src/main.ts'),
  ready: '/health/ready',
  env: {
    NODE_ENV: 'production',
    MONGODB_URI: place.mongodbUri,
    MONGODB_DATABASE_PREFIX: place.databasePrefix,
    REDIS_URL: place.redisUrl,
    ...place.trust,
    CURSOR_SECRET: randomBytes(32).toString('base64url'),
    // Every request is counted, by limits that the load does not reach: what a refusal costs is not asked here.
    ...unlimitedRateLimits,
    ...place.settings,
  },
});

const rawOf = (place: Place) => ({
  script: fileOf('./raw-server.ts'),
  ready: '/health',
  env: { NODE_ENV: 'production', MONGODB_URI: place.mongodbUri, DATABASE: databaseOf(place) },
});

/** The database that both servers read. */
export const databaseOf = ({ databasePrefix }: Pick<Place, 'databasePrefix'>): string => `${databasePrefix}users`;

type StartParts = StartOptions & { readonly ready: string };

const start = async (processes: Processes, { ready, env, ...options }: StartParts): Promise<Server> => {
  const port = await getFreePort();
  const child = processes.start({ ...options, env: { HOST: host, PORT: String(port), ...env } });
  const url = `http://${host}:${port}`;
  await waitUntilReady(child, `${url}${ready}`);
  return { pid: child.pid, request: child.request, url };
};

/** Starts a server and waits until it serves. */
export const startServer = (name: ServerName, place: Place): Promise<Server> => {
  const { pinning, preload, processes } = place;
  const { env, ...rest } = (name === 'platform' ? platformOf : rawOf)(place);
  const loading = preload === undefined ? {} : { NODE_OPTIONS: `--import=${preload}` };
  return start(processes, { cpu: pinning?.server, env: { ...env, ...loading }, ...rest });
};

/** Starts a collector of traces, on the CPU of the load. */
export const startCollector = (processes: Processes): Promise<Server> =>
  start(processes, { script: fileOf('./collector.ts'), ready: '/', cpu: choosePinning()?.load, env: {} });
