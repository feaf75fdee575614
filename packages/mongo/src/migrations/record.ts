import type { Migration, MigrationPhase, MigrationStatus } from '@plinth/data-kit';
import type { Collection, Db } from 'mongodb';
import type { LeaseRecord } from '../leases/lease.ts';

/** The collection of migration records and the lease in each module's database. A module may not use this name. */
export const migrationsName = 'migrations';

/** The id of the lease. Other ids are names of migrations, which begin with digits. */
export const leaseId = 'lease';

/** The progress of a migration: `step` counts its finished steps, `position` is the place in the current scan. */
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

/** The lease of migrations. */
export type MigrationLease = LeaseRecord & {
  /** The fingerprint of the collections, indexes and validators that were applied last. */
  readonly schemaFingerprint?: string;
};

export type MigrationState = {
  readonly records: ReadonlyMap<string, MigrationRecord>;
  readonly lease: MigrationLease | undefined;
};

export const getRecords = (db: Db): Collection<MigrationRecord> => db.collection<MigrationRecord>(migrationsName);

export const getLeases = (db: Db): Collection<LeaseRecord> => db.collection<LeaseRecord>(migrationsName);

export const readState = async (db: Db): Promise<MigrationState> => {
  const documents = await db
    .collection<MigrationRecord | MigrationLease>(migrationsName)
    .find()
    .sort({ _id: 1 })
    .toArray();
  const records = documents.filter((document): document is MigrationRecord => 'phase' in document);
  return {
    records: new Map(records.map((record) => [record._id, record])),
    lease: documents.find((document): document is MigrationLease => 'token' in document),
  };
};

export const createRecord = (
  { name, phase }: Migration,
  { state, now }: { state: 'pending' | 'done'; now: Date },
): MigrationRecord => ({ _id: name, phase, state, step: 0, position: '', changed: 0, recordedAt: now });

export const isDone = ({ records }: MigrationState, { name }: Migration): boolean =>
  records.get(name)?.state === 'done';
