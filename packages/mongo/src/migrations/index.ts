import { type MigrationLogger, type Migrations, StartupError } from '@plinth/data-kit';
import { bringUpToDate } from './bring.ts';
import { type MigrationTimes, newerSentence, type Subject } from './due.ts';
import { driftOf, planOf, statusOf } from './look.ts';
import { readState } from './record.ts';

export type { MigrationTimes } from './due.ts';
export { migrationsName } from './record.ts';

const defaultTimes: MigrationTimes = { leaseMs: 20_000, waitMs: 600_000, pollMs: 200 };

type Parts = Omit<Subject, keyof MigrationTimes> & { readonly times?: MigrationTimes | undefined };

const ignore: MigrationLogger = () => undefined;

/** What looks after the migrations of one database: for a host that starts, and for the commands of people. */
export const createMigrator = ({ times = defaultTimes, ...parts }: Parts) => {
  const subject: Subject = { ...parts, ...times };
  const migrations: Migrations = {
    status: async () => statusOf(subject, await readState(subject.db)),
    plan: (options) => planOf(subject, options),
    migrate: async ({ contract, note = ignore }) => {
      const newer = await bringUpToDate(subject, { contract, note });
      if (newer.length > 0) throw new StartupError(newerSentence(subject, newer));
    },
    drift: () => driftOf(subject),
  };
  return {
    migrations,
    /** Older code beside newer code serves on the law of the newer, which was made to fit both. */
    prepare: async (note: MigrationLogger = ignore): Promise<void> => {
      const [newer] = await bringUpToDate(subject, { contract: false, note });
      if (newer !== undefined) {
        note({ event: 'database-newer', fields: { database: subject.db.databaseName, migration: newer } });
      }
    },
  };
};
