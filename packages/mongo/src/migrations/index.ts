import { type MigrationLogger, type Migrations, StartupError } from '@plinth/data-kit';
import { migrate } from './migrate.ts';
import { describeNewer, type MigrationContext, type MigrationTimes } from './pending.ts';
import { readState } from './record.ts';
import { describeDrift, describePlan, getStatus } from './status.ts';

export type { MigrationTimes } from './pending.ts';
export { migrationsName } from './record.ts';

const defaultTimes: MigrationTimes = { leaseMs: 20_000, waitMs: 600_000, pollMs: 200 };

type Parts = Omit<MigrationContext, keyof MigrationTimes> & { readonly times?: MigrationTimes | undefined };

const ignore: MigrationLogger = () => undefined;

/** What looks after the migrations of one database: for a host that starts, and for the commands of people. */
export const createMigrator = ({ times = defaultTimes, ...parts }: Parts) => {
  const subject: MigrationContext = { ...parts, ...times };
  const migrations: Migrations = {
    status: async () => getStatus(subject, await readState(subject.db)),
    plan: (options) => describePlan(subject, options),
    migrate: async ({ contract, note = ignore }) => {
      const newer = await migrate(subject, { contract, note });
      if (newer.length > 0) throw new StartupError(describeNewer(subject, newer));
    },
    drift: () => describeDrift(subject),
  };
  return {
    migrations,
    /** Older code beside newer code serves on the law of the newer, which was made to fit both. */
    prepare: async (note: MigrationLogger = ignore): Promise<void> => {
      const [newer] = await migrate(subject, { contract: false, note });
      if (newer !== undefined) {
        note({ event: 'database-newer', fields: { database: subject.db.databaseName, migration: newer } });
      }
    },
  };
};
