import { createTestIssuer } from '@plinth/auth/testing';
import { openRaw, type RawCollection } from '@plinth/mongo/testing';
import { createPrincipal } from '@plinth/testing';
import {
  createServiceSettings,
  type Environment,
  type Service as RunningService,
  startService,
  unlimitedRateLimits,
} from '@plinth/testing/process';
import { entrypoints } from '../entrypoints.ts';
import { storeUser } from '../stored-users.ts';

const programs = { ...entrypoints, selfKilling: new URL('./self-killing-service.ts', import.meta.url) };

/** The tests start ten processes at the same time, and each creates the databases of every module. */
const readyWithinMs = 60_000;

/** A host in its own process. It uses the same databases after each start. */
export type Service = {
  /** Its URL; undefined while no process runs. Each start chooses a free port. */
  readonly url: string | undefined;
  /** The token of an owner of a new tenant, who is stored when it has started. */
  readonly token: string;
  readonly ownerId: string;
  /** Resolves when it is ready. */
  start(): Promise<void>;
  /** Resolves when the process has ended. */
  kill(): Promise<void>;
  /** Resolves with the signal that ended the process. */
  exitSignal(): Promise<NodeJS.Signals | null>;
  /** Sends a message to a self-killing service. @returns the steps that it has counted. */
  sendMessage(message: { readonly killAt?: number }): Promise<string[]>;
  /** Opens a collection of a module, by default of the users module. */
  stored(collection: string, module?: string): RawCollection;
  /** Kills it and drops its databases. */
  close(): Promise<void>;
};

/** Creates a service for an entrypoint on the MongoDB at `mongodbUri`, without starting it; `overrides` change its settings. */
export const createService = async (
  entrypoint: keyof typeof programs,
  mongodbUri: string,
  overrides: Environment = {},
): Promise<Service> => {
  const issuer = await createTestIssuer();
  // One user sends all repeated requests, so limits are off. Development mode validates every response.
  const settings = { ...createServiceSettings(), ...issuer.settings, ...unlimitedRateLimits, NODE_ENV: 'development' };
  const owner = createPrincipal();
  const token = await issuer.createToken(owner);
  const raw = openRaw(mongodbUri);
  let running: RunningService | undefined;
  const kill = async (): Promise<void> => void (await running?.end());
  return {
    get url() {
      return running?.isRunning() ? running.url : undefined;
    },
    token,
    ownerId: owner.id,
    start: async () => {
      running = await startService(
        programs[entrypoint],
        { ...settings, MONGODB_URI: mongodbUri, ...overrides },
        { withinMs: readyWithinMs },
      );
      await storeUser({ ...settings, MONGODB_URI: mongodbUri }, owner);
    },
    kill,
    exitSignal: async () => (await running?.exited)?.[1] ?? null,
    sendMessage: async (message) => (await running?.request(message)) as string[],
    stored: (collection, module = 'users') =>
      raw.collection(`${settings.MONGODB_DATABASE_PREFIX}${module}`, collection),
    close: async () => {
      await kill();
      await raw.dropAll(settings.MONGODB_DATABASE_PREFIX);
      await raw.close();
    },
  };
};
