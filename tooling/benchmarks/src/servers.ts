import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Issuer } from '@plinth/auth/testing';
import { aFreePort, untilReady, withoutLimits } from '@plinth/testing/process';
import type { Pinning } from './pinning.ts';
import type { Processes } from './processes.ts';

export const serverNames = ['platform', 'raw'] as const;
export type ServerName = (typeof serverNames)[number];

export type Server = { readonly pid: number; readonly url: string };

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
    ...withoutLimits,
  },
});

const rawOf = (place: Place) => ({
  script: fileOf('./raw-server.ts'),
  ready: '/health',
  env: { NODE_ENV: 'production', MONGODB_URI: place.mongodbUri, DATABASE: databaseOf(place) },
});

/** The database that both servers read. */
export const databaseOf = ({ databasePrefix }: Pick<Place, 'databasePrefix'>): string => `${databasePrefix}users`;

/** Starts a server and waits until it serves. */
export const startServer = async (name: ServerName, place: Place): Promise<Server> => {
  const { script, ready, env } = name === 'platform' ? platformOf(place) : rawOf(place);
  const port = await aFreePort();
  const child = place.processes.start({
    script,
    env: { HOST: host, PORT: String(port), ...env },
    cpu: place.pinning?.server,
  });
  const url = `http://${host}:${port}`;
  await untilReady(child, `${url}${ready}`);
  return { pid: child.pid, url };
};
