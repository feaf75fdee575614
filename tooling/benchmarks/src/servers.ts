import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { PublicJwk } from '@plinth/auth';
import { choosePinning, type Pinning } from './pinning.ts';
import type { Processes, Started, StartOptions } from './processes.ts';

export const serverNames = ['platform', 'raw'] as const;
export type ServerName = (typeof serverNames)[number];

export type Server = Pick<Started, 'pid' | 'ask'> & { readonly url: string };

export type Place = {
  readonly processes: Processes;
  readonly pinning: Pinning | undefined;
  readonly mongodbUri: string;
  readonly redisUrl: string;
  readonly databasePrefix: string;
  readonly key: PublicJwk;
  /** Where the sources of the platform are; here, when it is left out. */
  readonly root?: string;
  /** Settings of the platform beside those that every benchmark has. */
  readonly settings?: NodeJS.ProcessEnv;
  /** A module that both servers load before their own. */
  readonly preload?: string;
};

const host = '127.0.0.1';
const startTimeoutMs = 20_000;

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
};

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
    AUTH_JWKS: JSON.stringify({ keys: [place.key] }),
    CURSOR_SECRET: randomBytes(32).toString('base64url'),
    // Every request is counted, by limits that the load does not reach: what a refusal costs is not asked here.
    LIMIT_DEFAULT_PLAN: 'enterprise',
    LIMIT_ENTERPRISE_PER_MINUTE: '100000000',
    LIMIT_IP_PER_MINUTE: '100000000',
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

const isReady = async (url: string): Promise<boolean> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
};

type StartParts = Omit<StartOptions, 'cpu'> & { readonly ready: string; readonly cpu?: number | undefined };

const start = async (processes: Processes, { ready, name, env, ...options }: StartParts): Promise<Server> => {
  const port = await freePort();
  const { pid, ask, lost } = processes.start({
    name,
    env: { PATH: process.env['PATH'], HOST: host, PORT: String(port), ...env },
    cpu: undefined,
    ...options,
  });
  const url = `http://${host}:${port}`;
  const until = performance.now() + startTimeoutMs;
  while (!(await Promise.race([isReady(`${url}${ready}`), lost]))) {
    if (performance.now() > until) throw new Error(`${name} was not ready within ${startTimeoutMs / 1000} s.`);
    await sleep(25);
  }
  return { pid, ask, url };
};

/** Starts a server and waits until it serves. */
export const startServer = (name: ServerName, place: Place): Promise<Server> => {
  const { pinning, preload, processes } = place;
  return start(processes, {
    name,
    cpu: pinning?.server,
    preload,
    ...(name === 'platform' ? platformOf : rawOf)(place),
  });
};

/** Starts a collector of traces, on the CPU of the load. */
export const startCollector = (processes: Processes): Promise<Server> =>
  start(processes, {
    name: 'collector',
    script: fileOf('./collector.ts'),
    ready: '/',
    cpu: choosePinning()?.load,
    env: {},
  });
