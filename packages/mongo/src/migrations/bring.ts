import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type MigrationLogger, StartupError } from '@plinth/data-kit';
import { prepare } from '../prepare.ts';
import type { StoredCollection } from '../stored-collection.ts';
import { dueOf, isNew, lawAt, newerOf, type Subject } from './due.ts';
import { fingerprintOf } from './law.ts';
import { fenced, type Lease, LeaseLost, renew, takeLease, withLease } from './lease.ts';
import { type MigrationState, newRecord, readState, recordsOf } from './record.ts';
import { runMigration } from './run.ts';

export type BringOptions = { readonly contract: boolean; readonly note: MigrationLogger };

/** Records what is not yet known: for a new database as done, because this code alone makes its documents. @returns whether it did. */
const recordAll = async (subject: Subject, lease: Lease, state: MigrationState): Promise<boolean> => {
  const { migrations, clock, db } = subject;
  const unknown = migrations.filter(({ name }) => !state.records.has(name));
  if (unknown.length === 0) return false;
  const made = (await isNew(subject, state)) ? 'done' : 'pending';
  const records = unknown.map((migration) => newRecord(migration, { state: made, now: clock.now() }));
  await fenced(subject, lease, async (session) => {
    await recordsOf(db).insertMany(records, { session });
  });
  return true;
};

const makeLaw = async (subject: Subject, lease: Lease, collections: readonly StoredCollection[]): Promise<void> => {
  // The server changes collections outside of transactions and knows no fence there, so the lease is asked just before.
  await renew(subject, lease);
  await prepare(subject.db, collections);
  await renew(subject, lease, { law: fingerprintOf(collections) });
};

const bring = async (subject: Subject, lease: Lease, { contract, note }: BringOptions): Promise<void> => {
  const before = await readState(subject.db);
  // Newer code may have come between the look and the lease.
  if (newerOf(subject, before).length > 0) return;
  const state = (await recordAll(subject, lease, before)) ? await readState(subject.db) : before;
  await makeLaw(subject, lease, lawAt(subject, state));
  for (const migration of dueOf(subject, state, { contract })) {
    const record = state.records.get(migration.name);
    if (!record) throw new LeaseLost(`Somebody removed the record of '${migration.name}'.`);
    await runMigration(migration, record, {
      ...subject,
      lease,
      note,
      tighten: async (ending) => makeLaw(subject, lease, lawAt(subject, await readState(subject.db), ending)),
    });
  }
};

/** @returns false when another process holds the lease, or has taken it over. */
const tryToBring = async (subject: Subject, options: BringOptions): Promise<boolean> => {
  const lease = await takeLease(subject, `${hostname()}:${process.pid}`);
  if (!lease) return false;
  try {
    await withLease(subject, lease, () => bring(subject, lease, options));
    return true;
  } catch (cause) {
    if (!(cause instanceof LeaseLost)) throw cause;
    options.note({ event: 'migration-lease-lost', fields: { database: subject.db.databaseName } });
    return false;
  }
};

const isUpToDate = (subject: Subject, state: MigrationState, options: BringOptions): boolean =>
  dueOf(subject, state, options).length === 0 && state.lease?.law === fingerprintOf(lawAt(subject, state));

const waitedTooLong = ({ db, waitMs }: Subject, holder = 'Another process'): StartupError =>
  new StartupError(
    `${holder} has been migrating the database '${db.databaseName}' for more than ${Math.ceil(waitMs / 1000)} seconds. See how far it is by \`npm run db -- status\`, and start again when it is done.`,
  );

/**
 * Brings the database to what the code wants, or waits until another process has.
 * @returns the migrations of newer code, which has been here; then nothing is done.
 */
export const bringUpToDate = async (subject: Subject, options: BringOptions): Promise<readonly string[]> => {
  const begunAt = performance.now();
  for (;;) {
    const state = await readState(subject.db);
    const newer = newerOf(subject, state);
    if (newer.length > 0) return newer;
    if (await tryToBring(subject, options)) return [];
    // Whoever holds the lease may be at what this process has no need of, a contract for instance.
    if (isUpToDate(subject, state, options)) return [];
    if (performance.now() - begunAt > subject.waitMs) throw waitedTooLong(subject, state.lease?.holder);
    await sleep(subject.pollMs * (0.5 + Math.random()));
  }
};
