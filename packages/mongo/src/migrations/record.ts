import type { Migration, MigrationPhase, MigrationStatus } from '@plinth/data-kit';
import type { Collection, Db } from 'mongodb';

/** The collection of each module's database that keeps its migrations and the lease. No module may name its own so. */
export const migrationsName = 'migrations';

/** The id of the one lease among the records; the ids of the others are names of migrations, which begin with digits. */
export const leaseId = 'lease';

/** How far a migration is. `step` counts the walks that are behind it, `position` is where the present one stands. */
export type MigrationRecord = {
  readonly _id: string;
  readonly phase: MigrationPhase;
  readonly state: MigrationStatus['state'];
  readonly step: number;
  readonly position: string;
  readonly changed: number;
  readonly recordedAt: Date;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  readonly reason?: string;
};

/** Who may migrate. `token` grows whenever the lease changes hands and never falls. */
export type LeaseRecord = {
  readonly _id: string;
  readonly token: number;
  readonly holder?: string;
  readonly expiresAt: Date;
  /** Changes with each write, so that no write of the lease is an empty one. */
  readonly beat: number;
  /** The fingerprint of the collections, indexes and validators that were made last. */
  readonly law?: string;
};

export type MigrationState = {
  readonly records: ReadonlyMap<string, MigrationRecord>;
  readonly lease: LeaseRecord | undefined;
};

export const getRecords = (db: Db): Collection<MigrationRecord> => db.collection<MigrationRecord>(migrationsName);

export const getLeases = (db: Db): Collection<LeaseRecord> => db.collection<LeaseRecord>(migrationsName);

export const readState = async (db: Db): Promise<MigrationState> => {
  const documents = await db
    .collection<MigrationRecord | LeaseRecord>(migrationsName)
    .find()
    .sort({ _id: 1 })
    .toArray();
  const records = documents.filter((document): document is MigrationRecord => 'phase' in document);
  return {
    records: new Map(records.map((record) => [record._id, record])),
    lease: documents.find((document): document is LeaseRecord => 'token' in document),
  };
};

/** The record of a migration that nobody has run. */
export const newRecord = (
  { name, phase }: Migration,
  { state, now }: { state: 'pending' | 'done'; now: Date },
): MigrationRecord => ({ _id: name, phase, state, step: 0, position: '', changed: 0, recordedAt: now });

export const isDone = ({ records }: MigrationState, { name }: Migration): boolean =>
  records.get(name)?.state === 'done';
