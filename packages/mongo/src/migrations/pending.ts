import { type Clock, type Ids, type Migration, StartupError } from '@plinth/data-kit';
import type { Db } from 'mongodb';
import type { StoredCollection } from '../collections/stored-collection.ts';
import type { LeaseDeps } from '../leases/lease.ts';
import { toCollectionsAt } from './expected-schema.ts';
import { isDone, type MigrationState } from './record.ts';

/** In milliseconds: how long a holder keeps a lease that it does not renew, how long others wait for it, and how often they poll. */
export type MigrationTimes = { readonly leaseMs: number; readonly waitMs: number; readonly pollMs: number };

/** A database with the collections and migrations of the code. */
export type MigrationContext = MigrationTimes &
  LeaseDeps & {
    readonly db: Db;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly collections: readonly StoredCollection[];
    readonly migrations: readonly Migration[];
  };

/**
 * Returns the recorded migrations that this code does not have: newer code has migrated the database.
 * @throws `StartupError` when this code also has unrecorded migrations, so that neither is newer.
 */
export const listNewer = ({ migrations, db }: MigrationContext, { records }: MigrationState): string[] => {
  const known = new Set(migrations.map(({ name }) => name));
  const newer = [...records.keys()].filter((name) => !known.has(name));
  const unrecorded = [...known].find((name) => !records.has(name));
  if (newer.length > 0 && unrecorded !== undefined) {
    throw new StartupError(
      `The database '${db.databaseName}' has the migration '${newer[0]}', which this code lacks, and lacks '${unrecorded}', which this code has. Merge the two branches and start the result.`,
    );
  }
  return newer;
};

export const describeNewer = ({ db }: MigrationContext, newer: readonly string[]): string =>
  `The database '${db.databaseName}' has been migrated by newer code, which has '${newer[0]}'. Use that code.`;

/** Returns the collections expected at this point of the migrations, or after `finished` is done too. */
export const getExpectedSchema = (
  { collections, migrations }: MigrationContext,
  state: MigrationState,
  finished?: Migration,
): StoredCollection[] =>
  toCollectionsAt(collections, {
    migrations,
    isDone: (migration) => migration === finished || isDone(state, migration),
  });

/** Returns the migrations that are not done, in order. */
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
