import { type Clock, type Ids, type Migration, StartupError } from '@plinth/data-kit';
import type { Db, MongoClient } from 'mongodb';
import type { StoredCollection } from '../collections/stored-collection.ts';
import { toCollectionsAt } from './expected-schema.ts';
import { isDone, type MigrationState } from './record.ts';

/** In milliseconds: how long a silent holder keeps the lease, how long others wait for it, and how often they look. */
export type MigrationTimes = { readonly leaseMs: number; readonly waitMs: number; readonly pollMs: number };

/** A database, and what the code wants of it. */
export type MigrationContext = MigrationTimes & {
  readonly client: MongoClient;
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  /** What the definitions ask of the database. */
  readonly collections: readonly StoredCollection[];
  readonly migrations: readonly Migration[];
};

/**
 * The recorded migrations that this code does not know: the database has been migrated by newer code.
 * @throws `StartupError` when this code has some of its own too, so that neither is the newer.
 */
export const listNewer = ({ migrations, db }: MigrationContext, { records }: MigrationState): string[] => {
  const own = new Set(migrations.map(({ name }) => name));
  const foreign = [...records.keys()].filter((name) => !own.has(name));
  const unrecorded = [...own].find((name) => !records.has(name));
  if (foreign.length > 0 && unrecorded !== undefined) {
    throw new StartupError(
      `The database '${db.databaseName}' has the migration '${foreign[0]}', which this code lacks, and lacks '${unrecorded}', which this code has. Merge the two branches, and start what has both.`,
    );
  }
  return foreign;
};

/** The sentence for a database that newer code has migrated. */
export const describeNewer = ({ db }: MigrationContext, newer: readonly string[]): string =>
  `The database '${db.databaseName}' has been migrated by newer code, which has '${newer[0]}'. Use that code.`;

/** What the database is to be at this point of its migrations, or when `ending` will be done too. */
export const getExpectedSchema = (
  { collections, migrations }: MigrationContext,
  state: MigrationState,
  ending?: Migration,
): StoredCollection[] =>
  toCollectionsAt(collections, { migrations, isDone: (one) => one === ending || isDone(state, one) });

/** The migrations that are not done, in their order. */
export const listPending = (
  { migrations }: MigrationContext,
  state: MigrationState,
  { contract }: { readonly contract: boolean },
): Migration[] =>
  migrations.filter((migration) => !isDone(state, migration) && (contract || migration.phase !== 'contract'));

/** True when no collection of the module exists, so that there is nothing to migrate. */
export const isNew = async ({ db, collections }: MigrationContext, { records }: MigrationState): Promise<boolean> => {
  if (records.size > 0) return false;
  const name = { $in: collections.map((collection) => collection.name) };
  return (await db.listCollections({ name }, { nameOnly: true }).toArray()).length === 0;
};
