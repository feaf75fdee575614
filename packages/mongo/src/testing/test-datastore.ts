import { randomBytes } from 'node:crypto';
import type { MigratableDatastore } from '@plinth/data-kit';
import { MongoClient } from 'mongodb';
import { createDatastore } from '../datastore.ts';
import { clientSettings } from '../settings.ts';
import { guardQueries, type QueryGuard } from './query-guard.ts';
import { openRawCollection, type RawCollection } from './raw.ts';

export type TestDatastore = MigratableDatastore & {
  readonly guard: QueryGuard;
  readonly client: MongoClient;
  readonly databasePrefix: string;
  raw(module: string, collection: string): RawCollection;
  /** Closes the connection and drops the databases of this datastore. */
  close(): Promise<void>;
};

const missingUri = 'MONGODB_URI is not set: run `npm test`, or set it to the address of a replica set.';

/** Opens a datastore on the mongod of the test run, with the query guard and separate databases, or those of a prefix. */
export const openTestDatastore = async (
  uri = process.env['MONGODB_URI'],
  databasePrefix = `t${randomBytes(6).toString('hex')}_`,
): Promise<TestDatastore> => {
  if (!uri) throw new Error(missingUri);
  const client = await new MongoClient(uri, { ...clientSettings(32), monitorCommands: true }).connect();
  // The guard must not check the reads of tests, which are not queries of the product.
  const unguardedClient = new MongoClient(uri, clientSettings(4));
  const opened = new Map<string, Set<string>>();
  const guard = guardQueries(client, (database, collection) => opened.get(database)?.has(collection) ?? false);
  const datastore = createDatastore({
    client,
    cursorSecrets: [randomBytes(32).toString('hex')],
    databasePrefix,
    workerLeaseMs: 2000,
  });
  return {
    ...datastore,
    guard,
    client,
    databasePrefix,
    open: (module, options) => {
      const names = Object.values(module.collections as Record<string, { name: string }>).map(({ name }) => name);
      opened.set(`${databasePrefix}${module.name}`, new Set(names));
      return datastore.open(module, options);
    },
    raw: (module, collection) => openRawCollection(unguardedClient, `${databasePrefix}${module}`, collection),
    close: async () => {
      guard.stop();
      await Promise.all([...opened.keys()].map((database) => client.db(database).dropDatabase()));
      await Promise.all([client.close(), unguardedClient.close()]);
    },
  };
};
