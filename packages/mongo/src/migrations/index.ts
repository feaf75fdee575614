import { type MigrationLogger, type Migrations, StartupError } from '@plinth/data-kit';
import { assertMigrated } from './assert-migrated.ts';
import { describeDrift, repairDrift } from './drift.ts';
import { dryRun } from './dry-run.ts';
import { migrate } from './migrate.ts';
import { describeNewer, type MigrationContext, type MigrationTimes } from './pending.ts';
import { getLeases, leaseId, readState } from './record.ts';
import { getStatus } from './status.ts';

export type { MigrationTimes } from './pending.ts';
export { migrationsName } from './record.ts';

const defaultTimes: MigrationTimes = { leaseMs: 20_000, waitMs: 600_000, pollMs: 200 };

type MigratorOptions = Omit<MigrationContext, keyof MigrationTimes | 'leases' | 'leaseId'> & {
  readonly times?: MigrationTimes | undefined;
};

const ignore: MigrationLogger = () => undefined;

/** Creates the migrations of one database, for a host that starts and for the command line. */
export const createMigrator = ({ times = defaultTimes, ...options }: MigratorOptions) => {
  const context: MigrationContext = { ...options, ...times, leases: getLeases(options.db), leaseId };
  const migrations: Migrations = {
    status: async () => getStatus(context, await readState(context.db)),
    dryRun: (dryRunOptions) => dryRun(context, dryRunOptions),
    migrate: async ({ contract, log = ignore }) => {
      const newer = await migrate(context, { contract, log });
      if (newer.length > 0) throw new StartupError(describeNewer(context, newer));
    },
    drift: () => describeDrift(context),
    repair: (repairOptions) => repairDrift(context, repairOptions),
  };
  const logNewer = (log: MigrationLogger, [migration]: readonly string[]): void => {
    if (migration !== undefined)
      log({ event: 'database-newer', fields: { database: context.db.databaseName, migration } });
  };
  return {
    migrations,
    /** Migrates before a start. A database that newer code has migrated is accepted, because its schema fits older code too. */
    prepare: async (log: MigrationLogger = ignore): Promise<void> => {
      logNewer(log, await migrate(context, { contract: false, log }));
    },
    /** Compares before a start that must not migrate. */
    assertPrepared: async (log: MigrationLogger = ignore): Promise<void> => {
      logNewer(log, await assertMigrated(context));
    },
  };
};
