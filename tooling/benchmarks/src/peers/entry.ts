import { fileURLToPath } from 'node:url';
import { generateSigningKey, toPublicJwk } from '@plinth/auth';
import { createServiceSettings, unlimitedRateLimits } from '@plinth/testing/process';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** The name of the platform among its peers. */
export const entryName = 'plinth';

export type EntryOptions = {
  readonly mongodbUri: string;
  readonly redisUrl: string;
  /** The folder for the CPU profile of the server. */
  readonly profiles?: string | undefined;
};

/**
 * Creates the entry of the platform for `servers.json` of the peers' benchmark: all that it does by default, with limits that the
 * load does not reach. `seed` is run before each start and reads the same environment.
 */
export const createEntry = async ({ mongodbUri, redisUrl, profiles }: EntryOptions) => {
  const key = await generateSigningKey();
  const profile = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
  return {
    name: entryName,
    label: 'the platform with everything on',
    cwd: here('.'),
    cmd: [process.execPath, ...profile, here('server.ts')],
    seed: [process.execPath, here('seed.ts')],
    dataset: 'none',
    auth: 'EdDSA',
    env: {
      ...createServiceSettings(),
      ...unlimitedRateLimits,
      MONGODB_URI: mongodbUri,
      REDIS_URL: redisUrl,
      AUTH_JWKS: JSON.stringify({ keys: [toPublicJwk(key)] }),
      SHUTDOWN_DELAY_MS: '0',
      /** For `seed`; the server does not read it. */
      SIGNING_KEY: JSON.stringify(key),
    },
    endpoints: {
      health: { path: '/health' },
      get: { path: '/v1/orders/:id' },
      list: { path: '/v1/orders?limit=20', at: 'items' },
      post: { path: '/v1/orders' },
    },
  };
};
