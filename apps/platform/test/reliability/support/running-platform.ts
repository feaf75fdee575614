import type { TokenSubject } from '@plinth/auth';
import { createTestIssuer } from '@plinth/auth/testing';
import { openRaw } from '@plinth/mongo/testing';
import { createServiceSettings, type Environment, startService, unlimitedRateLimits } from '@plinth/testing/process';
import { modules } from '../../../src/modules.ts';
import { entrypoints } from '../../entrypoints.ts';
import { storeUser } from '../../stored-users.ts';

/** The platform in production mode: its own process on its own databases. */
export type RunningPlatform = {
  readonly port: number;
  readonly url: string;
  readonly pid: number;
  /** Creates a token of a user, who is stored. */
  createToken(subject: TokenSubject): Promise<string>;
  /** Returns all stored documents of its modules, each with the name of its collection. */
  stored(): Promise<readonly (readonly [string, Readonly<Record<string, unknown>>])[]>;
  stdout(): string;
  stderr(): string;
  /** True while the process that was started still runs. */
  isRunning(): boolean;
  /** Sends SIGTERM. Resolves with the exit code when the whole output has been read. */
  stop(): Promise<number | null>;
  /** Kills it and drops its databases. */
  close(): Promise<void>;
};

/** Opens the collections of the modules without tenant scoping. */
const openStored = (uri: string, prefix: string) => {
  const raw = openRaw(uri);
  const collections = modules.flatMap((module) =>
    Object.values(module.collections).map(({ name }) => ({ database: `${prefix}${module.name}`, collection: name })),
  );
  return {
    stored: async () => {
      const found = collections.map(async ({ database, collection }) => {
        const documents = await raw.collection(database, collection).all();
        return documents.map((document) => [collection, document] as const);
      });
      return (await Promise.all(found)).flat();
    },
    drop: async () => {
      await raw.dropAll(prefix);
      await raw.close();
    },
  };
};

/** Starts the platform in production mode without rate limits; `overrides` change its environment. */
export const startPlatform = async (overrides: Environment = {}): Promise<RunningPlatform> => {
  const issuer = await createTestIssuer();
  const settings = {
    ...createServiceSettings(),
    ...issuer.settings,
    ...unlimitedRateLimits,
    SHUTDOWN_DELAY_MS: '0',
    ...overrides,
  };
  const { port, url, pid, output, isRunning, end } = await startService(entrypoints.platform, settings);
  const { stored, drop } = openStored(settings.MONGODB_URI, settings.MONGODB_DATABASE_PREFIX);
  return {
    port,
    url,
    pid,
    createToken: async (subject) => {
      await storeUser(settings, subject);
      return issuer.createToken(subject);
    },
    stored,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    isRunning,
    stop: async () => (await end('SIGTERM'))[0],
    close: async () => {
      await end();
      await drop();
    },
  };
};
