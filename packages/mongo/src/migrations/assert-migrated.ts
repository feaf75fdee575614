import { StartupError } from '@plinth/data-kit';
import { describeDifference } from './drift.ts';
import { getExpectedSchema, listNewer, listPending, type MigrationContext } from './pending.ts';
import { readState } from './record.ts';
import { diffSchema } from './schema-diff.ts';

/**
 * Returns the names of migrations of newer code, if that has migrated the database.
 * @throws `StartupError` when a migration before a start would change the database.
 */
export const assertMigrated = async (context: MigrationContext): Promise<readonly string[]> => {
  const { db } = context;
  const state = await readState(db);
  const newer = listNewer(context, state);
  if (newer.length > 0) return newer;
  const pending = listPending(context, state, { contract: false });
  const differences = await diffSchema(db, getExpectedSchema(context, state));
  const behind = [
    ...pending.map(({ name }) => `The migration '${name}' is pending.`),
    // An index that is not defined slows writes down and changes no behaviour.
    ...differences
      .filter(({ kind }) => kind !== 'unexpected-index')
      .map((difference) => describeDifference(difference, db)),
  ];
  if (behind.length === 0) return [];
  throw new StartupError(
    `The database '${db.databaseName}' is behind this code, and MIGRATE_ON_START is false. ${behind.join(' ')} Run npm run db -- migrate, then start again.`,
  );
};
