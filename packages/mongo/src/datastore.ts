import { isDeepStrictEqual } from 'node:util';
import {
  assertHistories,
  type CollectionsOf,
  type CommitRecords,
  createEvents,
  createJobs,
  createUnitOfWork,
  createWriteSets,
  type LeaseOptions,
  type MigratableDatastore,
  type ModuleStore,
  StartupError,
  type StoredModule,
  type StoreOptions,
} from '@plinth/data-kit';
import type { Db, MongoClient } from 'mongodb';
import { createCollection } from './collections/collection.ts';
import { type CursorSecrets, createEncryptedCursors } from './collections/encrypted-cursors.ts';
import type { CommitCounts } from './commit/commit-group.ts';
import { createCommit } from './commit/group-commit.ts';
import { createRowQuotas } from './commit/row-quotas.ts';
import type { Write } from './commit/write.ts';
import { createInbox, toEndOfMessage, toJobWrite } from './inbox/inbox.ts';
import { inboxName } from './inbox/inbox-collection.ts';
import { createPauses, pausesName } from './inbox/pauses.ts';
import { createSchedules, schedulesName } from './inbox/schedules.ts';
import { createMessages } from './inbox/tenant-messages.ts';
import { expireJournal } from './journal/expire-journal.ts';
import { createJournal } from './journal/idempotency-keys.ts';
import { journalName, keysName } from './journal/journal-names.ts';
import { readJournal } from './journal/read-journal.ts';
import { subscribe } from './journal/subscribe.ts';
import { holdLease } from './leases/hold-lease.ts';
import type { LeaseDeps } from './leases/lease.ts';
import { getWorkerLeases, leasesName } from './leases/leases-collection.ts';
import { createMigrator, type MigrationTimes, migrationsName } from './migrations/index.ts';
import type { FindUniqueCode } from './mongo-errors.ts';
import { monitorPool } from './pool.ts';
import { monitorPrimary, type PrimaryMonitor } from './primary-monitor.ts';
import { createPointReads } from './reads/point-reads.ts';
import { listTenants, scan } from './reads/scan.ts';
import { listStoredCollections, toDefinitions } from './stored-collections.ts';

export type DatastoreOptions = {
  readonly client: MongoClient;
  /** Checks whether MongoDB responds, on a connection that no request can hold. Default: `client`. */
  readonly probeClient?: MongoClient;
  readonly cursorSecrets: CursorSecrets;
  /** The prefix of each database's name, for several deployments on one cluster. */
  readonly databasePrefix: string;
  readonly migrationTimes?: MigrationTimes;
  /** How long a worker keeps a lease that it does not renew. Default: 10 seconds. */
  readonly workerLeaseMs?: number;
};

const reservedNames = [inboxName, journalName, keysName, leasesName, migrationsName, pausesName, schedulesName];

const defaultLeaseMs = 10_000;

const openDatabase = ({ client, databasePrefix }: DatastoreOptions, module: string): Db =>
  client.db(`${databasePrefix}${module}`);

const openMigrator = <K>(module: StoredModule<K>, options: DatastoreOptions & StoreOptions) =>
  createMigrator({
    client: options.client,
    clock: options.clock,
    ids: options.ids,
    db: openDatabase(options, module.name),
    collections: listStoredCollections(module),
    migrations: module.migrations ?? [],
    times: options.migrationTimes,
  });

const toLeaseDeps = (
  options: DatastoreOptions,
  { module, name }: Pick<LeaseOptions, 'module' | 'name'>,
): LeaseDeps => ({
  client: options.client,
  leases: getWorkerLeases(openDatabase(options, module)),
  leaseId: name,
  leaseMs: options.workerLeaseMs ?? defaultLeaseMs,
});

type ModuleOptions = DatastoreOptions &
  StoreOptions & { readonly primary: PrimaryMonitor; readonly counts: CommitCounts };

const openModule = <K>(module: StoredModule<K>, options: ModuleOptions): ModuleStore<K> => {
  const { client, cursorSecrets, clock, ids, traceBatch, primary, counts } = options;
  const db = openDatabase(options, module.name);
  const definitions = toDefinitions(module.collections);
  assertHistories(Object.values(definitions));
  const byName = new Map(Object.values(definitions).map((definition) => [definition.name, definition]));
  const reserved = reservedNames.find((name) => byName.has(name));
  if (reserved !== undefined) {
    throw new TypeError(`A collection of '${db.databaseName}' has the reserved name '${reserved}'. Rename it.`);
  }
  const reads = { db, clock, primary };
  const writeSets = createWriteSets<Write>();
  const deps = {
    ...reads,
    ids,
    writeSets,
    definitions: Object.values(definitions),
    cursors: createEncryptedCursors(cursorSecrets),
    readById: createPointReads({ ...reads, traceBatch }),
  };
  const findUniqueCode: FindUniqueCode = (collection, fields) =>
    Object.values(byName.get(collection)?.indexes ?? {}).find(
      (index) => index.unique !== undefined && isDeepStrictEqual(fields, new Set(['tenantId', ...index.fields])),
    )?.unique;
  const commit = createCommit({ ...reads, client, counts, findUniqueCode, traceBatch });
  const withinQuota = createRowQuotas({ db, clock, findRowsMax: options.findRowsMax });
  const { prepare, assertPrepared } = openMigrator(module, options);
  const collections = Object.entries(definitions).map(([key, definition]) => [key, createCollection(definition, deps)]);
  return {
    collections: Object.fromEntries(collections) as CollectionsOf<K>,
    unitOfWork: createUnitOfWork({
      writeSets,
      clock,
      ids,
      commit: (ctx, writes, records) =>
        withinQuota(ctx, writes, () => commit(ctx, [...writes, ...toRecordWrites(records)], records)),
    }),
    events: createEvents({ writeSets, ids }),
    jobs: createJobs({ source: module.name, writeSets, clock, ids, toWrite: toJobWrite }),
    journal: createJournal(reads),
    inbox: createInbox({ db, clock }),
    pauses: createPauses({ db, clock }),
    schedules: createSchedules(db),
    messages: createMessages(deps),
    prepare,
    assertPrepared,
  };
};

/** The entries of histories, and the end of the message that a unit of work handles. */
const toRecordWrites = ({ rows: [row], history = [] }: CommitRecords): Write[] => [
  ...history.map(({ collection, entry }) => ({ kind: 'insert', collection, document: entry }) as const),
  ...(row?.consumed === undefined ? [] : [toEndOfMessage(row.consumed, row)]),
];

const pingTimeoutMs = 1000;

/** @throws when no primary of a replica set responds within a second. */
const assertUsable = async (client: MongoClient): Promise<void> => {
  const hello = await client.db('admin').command({ hello: 1 }, { signal: AbortSignal.timeout(pingTimeoutMs) });
  if (!hello['setName']) {
    throw new StartupError(
      'MONGODB_URI names a standalone mongod, which has no transactions. Start it with --replSet rs0 and run rs.initiate() once, or unset MONGODB_URI so that `npm start` runs its own.',
    );
  }
};

/** Creates the datastore of a client, which need not be connected yet. Each module has a database. */
export const createDatastore = (options: DatastoreOptions): MigratableDatastore => {
  const readPoolStats = monitorPool(options.client);
  const primary = monitorPrimary(options.client);
  const commits: (CommitCounts & { readonly module: string })[] = [];
  return {
    open: (module, storeOptions) => {
      const counts = { module: module.name, groups: 0, sets: 0, splits: 0 };
      commits.push(counts);
      return openModule(module, { ...options, ...storeOptions, primary, counts });
    },
    subscribe: (subscription, listener) =>
      subscribe(openDatabase(options, subscription.module), subscription, listener),
    readJournal: (reader) => {
      const db = openDatabase(options, reader.module);
      return readJournal({ ...toLeaseDeps(options, reader), db }, reader);
    },
    expireJournal: ({ module, ...expired }) => expireJournal(openDatabase(options, module), expired),
    withLease: (lease, work) => holdLease(toLeaseDeps(options, lease), lease, (_lease, signal) => work(signal)),
    migrations: (module, storeOptions) => openMigrator(module, { ...options, ...storeOptions }).migrations,
    listTenants: ({ module, collections }) => listTenants(openDatabase(options, module), collections),
    scan: (scanned) => scan(openDatabase(options, scanned.module), scanned),
    ping: () => assertUsable(options.probeClient ?? options.client),
    stats: () => ({ pool: readPoolStats(), commits }),
    close: async () => void (await Promise.all([options.client.close(), options.probeClient?.close()])),
  };
};
