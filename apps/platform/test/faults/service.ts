import { createTestIssuer } from '@plinth/auth/testing';
import { openRaw, type RawCollection } from '@plinth/mongo/testing';
import { aPrincipal } from '@plinth/testing';
import {
  createServiceSettings,
  type Service as Process,
  startService,
  unlimitedRateLimits,
} from '@plinth/testing/process';
import { entrypoints as hosts } from '../entrypoints.ts';

const programs = { ...hosts, selfKilling: new URL('./self-killing-service.ts', import.meta.url) };

/** A host in a process of its own, always on the same databases, however often it is started. */
export type Service = {
  /** Where it listens; nowhere while there is no process. Each start finds a port that nobody has. */
  readonly url: string | undefined;
  /** The token of an owner of a tenant of its own. */
  readonly token: string;
  /** Resolves when it is ready. */
  start(): Promise<void>;
  /** Resolves when the process is gone. */
  kill(): Promise<void>;
  /** Resolves with the signal that ended the process. */
  ended(): Promise<NodeJS.Signals | null>;
  /** Sends an order to a self-killing service, which responds with the steps that it has counted. */
  order(order: { readonly killAt?: number }): Promise<string[]>;
  /** A collection of the users module. */
  stored(collection: string): RawCollection;
  /** Kills it and drops its databases. */
  close(): Promise<void>;
};

/** Makes the host `main` on the MongoDB at `mongodbUri`; it is not started yet. */
export const createService = async (main: keyof typeof programs, mongodbUri: string): Promise<Service> => {
  const issuer = await createTestIssuer();
  // Writers that repeat what had no response are many, and one person. In development every response is held to its contract.
  const settings = { ...createServiceSettings(), ...issuer.settings, ...unlimitedRateLimits, NODE_ENV: 'development' };
  const token = await issuer.createToken(aPrincipal());
  const database = `${settings.MONGODB_DATABASE_PREFIX}users`;
  const raw = openRaw(mongodbUri);
  let running: Process | undefined;
  const kill = async (): Promise<void> => void (await running?.end());
  return {
    get url() {
      return running?.isRunning() ? running.url : undefined;
    },
    token,
    start: async () => {
      running = await startService(programs[main], { ...settings, MONGODB_URI: mongodbUri });
    },
    kill,
    ended: async () => (await running?.exited)?.[1] ?? null,
    order: async (order) => (await running?.request(order)) as string[],
    stored: (collection) => raw.collection(database, collection),
    close: async () => {
      await kill();
      await raw.drop(database);
      await raw.close();
    },
  };
};
