import { type CommandObserver, type MigratableDatastore, StartupError } from '@plinth/data-kit';
import { MongoClient, type MongoClientOptions, MongoServerError } from 'mongodb';
import { observeCommands } from './command-observer.ts';
import { createDatastore } from './datastore.ts';
import { clientSettings } from './settings.ts';

/** The settings that the datastore needs. */
export type MongoSettings = {
  readonly MONGODB_URI: string;
  /** PEM texts, for a URI with TLS. */
  readonly MONGODB_TLS_CA?: string | undefined;
  readonly MONGODB_TLS_CERTIFICATE?: string | undefined;
  readonly MONGODB_TLS_KEY?: string | undefined;
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

// Without TLS the driver ignores these options.
const toTlsOptions = (settings: MongoSettings): MongoClientOptions => ({
  ...(settings.MONGODB_TLS_CA !== undefined && { ca: settings.MONGODB_TLS_CA }),
  ...(settings.MONGODB_TLS_CERTIFICATE !== undefined && { cert: settings.MONGODB_TLS_CERTIFICATE }),
  ...(settings.MONGODB_TLS_KEY !== undefined && { key: settings.MONGODB_TLS_KEY }),
});

const authenticationFailed = 18;

/** Names only the hosts: the URI and the driver's message can contain a password. */
const describeFailure = ({ options }: MongoClient, cause: unknown): string => {
  const hosts = options.hosts.map(String).join(', ');
  if (cause instanceof MongoServerError && cause.code === authenticationFailed) {
    return `MongoDB at ${hosts} does not accept the user and password. Check those in MONGODB_URI, and its authSource.`;
  }
  return `No MongoDB primary responds at ${hosts}. Check MONGODB_URI${options.tls ? ', the certificates' : ''} and that the replica set is initiated, or unset it so that \`npm start\` runs its own.`;
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
  const tls = toTlsOptions(settings);
  let client: MongoClient;
  try {
    // A subscription keeps one connection busy all the time.
    client = new MongoClient(uri, {
      ...clientSettings(poolSize + 1),
      ...tls,
      monitorCommands: onCommand !== undefined,
    });
  } catch (cause) {
    throw new StartupError(
      'MONGODB_URI is not a MongoDB connection string. Write mongodb://host:port/?replicaSet=rs0.',
      { cause },
    );
  }
  if (onCommand) observeCommands(client, onCommand);
  const datastore = createDatastore({
    client,
    probeClient: new MongoClient(uri, { ...clientSettings(1), ...tls }),
    cursorSecrets: settings.CURSOR_SECRET_PREVIOUS ? [current, settings.CURSOR_SECRET_PREVIOUS] : [current],
    databasePrefix: settings.MONGODB_DATABASE_PREFIX ?? '',
  });
  try {
    await client.connect();
  } catch (cause) {
    await datastore.close();
    throw new StartupError(describeFailure(client, cause), { cause });
  }
  try {
    await datastore.ping();
  } catch (cause) {
    await datastore.close();
    throw cause;
  }
  return datastore;
};
