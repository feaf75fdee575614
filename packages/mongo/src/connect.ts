import { type CommandObserver, type MigratableDatastore, StartupError } from '@plinth/data-kit';
import { MongoClient } from 'mongodb';
import { observeCommands } from './command-observer.ts';
import { createDatastore } from './datastore.ts';
import { clientSettings } from './settings.ts';

/** The settings that the datastore needs. */
export type MongoSettings = {
  readonly MONGODB_URI: string;
  readonly MONGODB_POOL_SIZE: number;
  readonly MONGODB_DATABASE_PREFIX: string | undefined;
  /** Encrypts list cursors; the same for every instance. */
  readonly CURSOR_SECRET: string;
  /** A secret whose cursors are accepted too. */
  readonly CURSOR_SECRET_PREVIOUS?: string | undefined;
};

export type ConnectOptions = {
  /** Without one, the driver does not report its commands. */
  readonly onCommand?: CommandObserver | undefined;
};

/**
 * Connects to a replica set.
 * @throws `StartupError` when the URI is invalid, no primary responds, or the server is a standalone mongod.
 */
export const connectMongo = async (
  settings: MongoSettings,
  { onCommand }: ConnectOptions = {},
): Promise<MigratableDatastore> => {
  const { MONGODB_URI: uri, MONGODB_POOL_SIZE: poolSize, CURSOR_SECRET: current } = settings;
  let client: MongoClient;
  try {
    // A subscription keeps one connection busy all the time.
    client = new MongoClient(uri, { ...clientSettings(poolSize + 1), monitorCommands: onCommand !== undefined });
  } catch (cause) {
    throw new StartupError(
      'MONGODB_URI is not a MongoDB connection string. Write mongodb://host:port/?replicaSet=rs0.',
      { cause },
    );
  }
  if (onCommand) observeCommands(client, onCommand);
  const datastore = createDatastore({
    client,
    probeClient: new MongoClient(uri, clientSettings(1)),
    cursorSecrets: settings.CURSOR_SECRET_PREVIOUS ? [current, settings.CURSOR_SECRET_PREVIOUS] : [current],
    databasePrefix: settings.MONGODB_DATABASE_PREFIX ?? '',
  });
  try {
    await client.connect();
  } catch (cause) {
    await datastore.close();
    // Only the hosts: the URI and the driver's message can contain a password.
    throw new StartupError(
      `No MongoDB primary responds at ${client.options.hosts.map(String).join(', ')}. Check MONGODB_URI and that the replica set is initiated, or unset it so that \`npm start\` runs its own.`,
      { cause },
    );
  }
  try {
    await datastore.ping();
  } catch (cause) {
    await datastore.close();
    throw cause;
  }
  return datastore;
};
