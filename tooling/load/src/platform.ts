import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestIssuer } from '@plinth/auth/testing';
import { openRaw } from '@plinth/mongo/testing';
import { createServiceSettings, type Environment, startService, unlimitedRateLimits } from '@plinth/testing/process';

export type Engines = { readonly mongodbUri: string; readonly redisUrl: string };

export type Person = { readonly id: string; readonly tenantId: string; readonly role: 'owner' | 'member' | 'viewer' };

/** The platform as it is deployed, in a process of its own, on databases of its own. */
export type Platform = {
  readonly url: string;
  /** A token of a person, stored or not, that is good for a quarter of an hour from then on; from now on by default. */
  createToken(person: Person, from?: Date): Promise<string>;
  /** What it has said so far: the lines of its log that are warnings or worse. */
  complaints(): string;
  /** Ends it as a deployment does, and drops its databases. Rejects when it had ended before, or not with 0. */
  stop(): Promise<void>;
};

const readyWithinMs = 45_000;
const apps = fileURLToPath(new URL('../../../apps', import.meta.url));

/** Drops the database of every module; each has the name of its service. */
const dropDatabases = async (mongodbUri: string, databasePrefix: string): Promise<void> => {
  const services = (await readdir(apps)).filter((name) => name.startsWith('svc-'));
  const raw = openRaw(mongodbUri);
  try {
    for (const service of services) await raw.drop(`${databasePrefix}${service.slice('svc-'.length)}`);
  } finally {
    await raw.close();
  }
};

/** Starts a platform that limits nobody, and waits until it is ready; `overrides` change its settings. */
export const startPlatform = async (
  { mongodbUri, redisUrl }: Engines,
  overrides: Environment = {},
): Promise<Platform> => {
  const issuer = await createTestIssuer();
  const settings = {
    ...createServiceSettings(),
    ...issuer.settings,
    ...unlimitedRateLimits,
    MONGODB_URI: mongodbUri,
    REDIS_URL: redisUrl,
    LOG_LEVEL: 'warn',
    // No proxy has to notice that it ends.
    SHUTDOWN_DELAY_MS: '0',
    ...overrides,
  };
  const drop = () => dropDatabases(mongodbUri, settings.MONGODB_DATABASE_PREFIX);
  const starting = startService(join(apps, 'platform/src/main.ts'), settings, readyWithinMs);
  const service = await starting.catch(async (error: unknown) => {
    await drop();
    throw error;
  });
  return {
    url: service.url,
    createToken: ({ id, tenantId, role }, from) => issuer.createToken({ id, tenantId, roles: [role] }, from),
    complaints: service.combinedOutput,
    stop: async () => {
      const wasRunning = service.isRunning();
      const [code, signal] = await service.end('SIGTERM');
      await drop();
      if (!wasRunning || code !== 0)
        throw new Error(`The platform ended with ${code ?? signal}: ${service.combinedOutput()}`);
    },
  };
};
