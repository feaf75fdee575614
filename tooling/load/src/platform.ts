import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestIssuer } from '@plinth/auth/testing';
import { openRaw } from '@plinth/mongo/testing';
import { createStoredUser } from '@plinth/testing';
import { createServiceSettings, type Environment, startService, unlimitedRateLimits } from '@plinth/testing/process';
import { v7 as newId } from 'uuid';

export type PlatformOptions = {
  readonly mongodbUri: string;
  readonly redisUrl: string;
  /** The checkout whose platform starts; by default this one. */
  readonly root?: string | undefined;
};

export type TokenUser = {
  readonly id: string;
  readonly tenantId: string;
  readonly role: 'owner' | 'member' | 'viewer';
};

/** The platform as it is deployed, in its own process, on its own databases. */
export type Platform = {
  readonly url: string;
  readonly pid: number;
  /** Stores a user unless they are stored, and returns a token of them that is valid for fifteen minutes from `from`, or from now. */
  createToken(user: TokenUser, from?: Date): Promise<string>;
  /** Stores users of a tenant, and returns their ids. */
  addUsers(tenantId: string, count: number): Promise<string[]>;
  /** Returns the last output: log lines that are warnings or worse, and no security events, which are logged at every level. */
  warnings(): string;
  /** Stops it as a deployment does, and drops its databases. Rejects when it had exited before, or not with 0. */
  stop(): Promise<void>;
};

const readyWithinMs = 45_000;
/** How much of its output is kept at least: under load, its log has a line for each request. */
const outputCharsMin = 10_000;
const duplicateKey = 11_000;
const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** Starts a platform without effective rate limits and waits until it is ready; `overrides` change its settings. */
export const startPlatform = async (
  { mongodbUri, redisUrl, root = repository }: PlatformOptions,
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
    // No proxy needs time to notice the shutdown.
    SHUTDOWN_DELAY_MS: '0',
    ...overrides,
  };
  const raw = openRaw(mongodbUri);
  const users = raw.collection(`${settings.MONGODB_DATABASE_PREFIX}users`, 'users');
  const drop = () => raw.dropAll(settings.MONGODB_DATABASE_PREFIX).finally(() => void raw.close());
  const main = join(root, 'apps/platform/src/main.ts');
  const starting = startService(main, settings, { withinMs: readyWithinMs, outputCharsMin });
  const service = await starting.catch((error: unknown) => drop().then(() => Promise.reject(error)));
  return {
    url: service.url,
    pid: service.pid,
    createToken: async ({ id, tenantId, role }, from) => {
      // No request can store the first user of an organization.
      await users.insert(createStoredUser({ id, tenantId, role })).catch((error: unknown) => {
        if ((error as { code?: unknown }).code !== duplicateKey) throw error;
      });
      return issuer.createToken({ id, tenantId, roles: [role] }, from);
    },
    addUsers: async (tenantId, count) => {
      const ids = Array.from({ length: count }, () => newId());
      await users.insertMany(ids.map((id) => createStoredUser({ id, tenantId, role: 'member' })));
      return ids;
    },
    warnings: () => {
      const lines = service.combinedOutput().split('\n');
      return lines.filter((line) => !line.includes('"stream":"security"')).join('\n');
    },
    stop: async () => {
      const wasRunning = service.isRunning();
      const [code, signal] = await service.end('SIGTERM');
      await drop();
      if (wasRunning && code === 0) return;
      throw new Error(`The platform exited with ${code ?? signal}: ${service.combinedOutput()}`);
    },
  };
};
