import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type MigrationLogger, StartupError } from '@plinth/data-kit';
import { prepare } from '../collections/prepare.ts';
import type { StoredCollection } from '../collections/stored-collection.ts';
import { type Lease, LeaseLost, renew, runFenced, takeLease, withLease } from '../leases/lease.ts';
import { toFingerprint } from './expected-schema.ts';
import { getExpectedSchema, isNew, listNewer, listPending, type MigrationContext } from './pending.ts';
import { createRecord, getRecords, type MigrationState, readState } from './record.ts';
import { runMigration } from './run.ts';
import { assertNoNewViolations } from './violations.ts';

export type MigrateOptions = { readonly contract: boolean; readonly log: MigrationLogger };

/** Adds the missing records of migrations: in a new database as done, because only this code creates its documents. Returns whether it did. */
const recordAll = async (context: MigrationContext, lease: Lease, state: MigrationState): Promise<boolean> => {
  const { migrations, clock, db } = context;
  const unknown = migrations.filter(({ name }) => !state.records.has(name));
  if (unknown.length === 0) return false;
  const initialState = (await isNew(context, state)) ? 'done' : 'pending';
  const records = unknown.map((migration) => createRecord(migration, { state: initialState, now: clock.now() }));
  await runFenced(context, lease, async (session) => {
    await getRecords(db).insertMany(records, { session });
  });
  return true;
};

const applySchema = async (
  context: MigrationContext,
  lease: Lease,
  collections: readonly StoredCollection[],
): Promise<void> => {
  // Collections change outside of transactions, where there is no fence, so the lease is checked directly before.
  await renew(context, lease);
  await prepare(context.db, collections);
  await renew(context, lease, { schemaFingerprint: toFingerprint(collections) });
};

const runPending = async (
  context: MigrationContext,
  lease: Lease,
  { contract, log }: MigrateOptions,
): Promise<void> => {
  const before = await readState(context.db);
  // Newer code may have migrated before this process got the lease.
  if (listNewer(context, before).length > 0) return;
  await assertNoNewViolations(context.db, getExpectedSchema(context, before));
  const state = (await recordAll(context, lease, before)) ? await readState(context.db) : before;
  await applySchema(context, lease, getExpectedSchema(context, state));
  for (const migration of listPending(context, state, { contract })) {
    const record = state.records.get(migration.name);
    if (!record) throw new LeaseLost(`The record of '${migration.name}' was removed.`);
    await runMigration(migration, record, {
      ...context,
      lease,
      log,
      tighten: async (finished) =>
        applySchema(context, lease, getExpectedSchema(context, await readState(context.db), finished)),
    });
  }
};

/** Returns false when another process holds the lease or has taken it over. */
const tryMigrate = async (context: MigrationContext, options: MigrateOptions): Promise<boolean> => {
  const lease = await takeLease(context, `${hostname()}:${process.pid}`);
  if (!lease) return false;
  try {
    await withLease(context, lease, () => runPending(context, lease, options));
    return true;
  } catch (cause) {
    if (!(cause instanceof LeaseLost)) throw cause;
    options.log({ event: 'migration-lease-lost', fields: { database: context.db.databaseName } });
    return false;
  }
};

const isUpToDate = (context: MigrationContext, state: MigrationState, options: MigrateOptions): boolean =>
  listPending(context, state, options).length === 0 &&
  state.lease?.schemaFingerprint === toFingerprint(getExpectedSchema(context, state));

const toWaitError = ({ db, waitMs }: MigrationContext, holder = 'Another process'): StartupError =>
  new StartupError(
    `${holder} has been migrating the database '${db.databaseName}' for more than ${Math.ceil(waitMs / 1000)} seconds. See its progress with \`npm run db -- status\`, and start again when it is done.`,
  );

/**
 * Migrates the database, or waits until another process has migrated it. If newer code has migrated it, nothing is done and
 * the names of that code's migrations are returned.
 */
export const migrate = async (context: MigrationContext, options: MigrateOptions): Promise<readonly string[]> => {
  const startedAt = performance.now();
  for (;;) {
    const state = await readState(context.db);
    const newer = listNewer(context, state);
    if (newer.length > 0) return newer;
    if (await tryMigrate(context, options)) return [];
    // The holder may be running a contract phase, which this process does not need.
    if (isUpToDate(context, state, options)) return [];
    if (performance.now() - startedAt > context.waitMs) throw toWaitError(context, state.lease?.holder);
    await sleep(context.pollMs * (0.5 + Math.random()));
  }
};
