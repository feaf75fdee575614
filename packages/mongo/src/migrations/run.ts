import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, type Ids, type Migration, type MigrationLogger, StartupError } from '@plinth/data-kit';
import type { Db } from 'mongodb';
import { dropIndex } from '../collections/prepare.ts';
import { type Lease, type LeaseDeps, renew, runFenced } from '../leases/lease.ts';
import type { Scan } from './batch.ts';
import { getRecords, type MigrationRecord } from './record.ts';
import { createRemovalScan, createScan } from './scan.ts';

export type RunDeps = LeaseDeps & {
  readonly db: Db;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: MigrationLogger;
  /** Applies the schema that is expected after this migration. */
  readonly tighten: (migration: Migration) => Promise<void>;
};

type Step = { readonly scan: Scan } | { readonly run: (deps: RunDeps) => Promise<void> };

const dropIndexes =
  (collection: string, indexes: readonly string[]): ((deps: RunDeps) => Promise<void>) =>
  async ({ db }) => {
    for (const index of indexes) await dropIndex(db, collection, index);
  };

/**
 * Returns the steps of a migration after its validators have been relaxed. Every step can be repeated. Backfills are
 * repeated after the validator was tightened, because older code may have written documents until then.
 */
const toSteps = (migration: Migration): Step[] => {
  if (migration.phase === 'expand') return [];
  if (migration.phase === 'backfill') return [{ scan: createScan(migration) }];
  const { collection, repeats = [], requires = [], removes = [], dropIndexes: indexes = [] } = migration;
  const repeated = repeats.map((backfill) => ({ scan: createScan(backfill) }));
  return [
    ...repeated,
    ...(removes.length > 0 ? [{ scan: createRemovalScan(migration) }] : []),
    { run: ({ tighten }) => tighten(migration) },
    ...(requires.length > 0 ? repeated : []),
    ...(indexes.length > 0 ? [{ run: dropIndexes(collection, indexes) }] : []),
  ];
};

/** Updates the record of a migration, if this process still holds the lease. */
const updateRecord = (migration: Migration, fields: Partial<MigrationRecord>, deps: RunDeps): Promise<void> =>
  runFenced(deps, deps.lease, async (session) => {
    await getRecords(deps.db).updateOne({ _id: migration.name }, { $set: fields }, { session });
  });

type Progress = { readonly migration: Migration; readonly step: number; readonly position: string };

/** Commits a batch, its progress and the lease in one transaction. */
const runBatch = (scan: Scan, { migration, step, position }: Progress, deps: RunDeps) =>
  runFenced(deps, deps.lease, async (session) => {
    const batch = await scan.batch({ ...deps, session }, position);
    const progress = batch.next === undefined ? { step: step + 1, position: '' } : { position: batch.next };
    const update = { $set: progress, $inc: { changed: batch.changed } };
    await getRecords(deps.db).updateOne({ _id: migration.name }, update, { session });
    return batch;
  });

const reportEveryMs = 5000;

const runScan = async (scan: Scan, progress: Progress, deps: RunDeps): Promise<void> => {
  const { collection, perSecond } = scan;
  const { name } = progress.migration;
  let position: string | undefined = progress.position;
  let reportedAt = performance.now();
  let changed = 0;
  while (position !== undefined) {
    const startedAt = performance.now();
    const batch = await runBatch(scan, { ...progress, position }, deps);
    changed += batch.changed;
    position = batch.next;
    if (performance.now() - reportedAt >= reportEveryMs) {
      deps.log({
        event: 'migration-progress',
        fields: { migration: name, collection, acrossTenants: true, changed },
      });
      reportedAt = performance.now();
    }
    const pauseMs = (batch.changed / perSecond) * 1000 - (performance.now() - startedAt);
    if (pauseMs > 0) await sleep(pauseMs);
  }
  deps.log({ event: 'migration-scanned', fields: { migration: name, collection, acrossTenants: true, changed } });
};

const runSteps = async (migration: Migration, record: MigrationRecord, deps: RunDeps): Promise<void> => {
  const steps = toSteps(migration);
  for (const [index, step] of steps.entries()) {
    if (index < record.step) continue;
    const position = index === record.step ? record.position : '';
    if ('scan' in step) await runScan(step.scan, { migration, step: index, position }, deps);
    else {
      await renew(deps, deps.lease);
      await step.run(deps);
      await updateRecord(migration, { step: index + 1, position: '' }, deps);
    }
  }
};

/** Runs one migration from the progress in its record to its end. */
export const runMigration = async (migration: Migration, record: MigrationRecord, deps: RunDeps): Promise<void> => {
  const { name, phase } = migration;
  const { clock, log } = deps;
  await updateRecord(migration, { state: 'running', startedAt: record.startedAt ?? clock.now() }, deps);
  log({ event: 'migration-started', fields: { migration: name, phase } });
  try {
    await runSteps(migration, record, deps);
  } catch (cause) {
    const reason = cause instanceof StartupError ? cause.message : 'It threw an error: see the log of its process.';
    // If the lease or the database is lost, the failure is not recorded. The next start tries the migration again anyway.
    await updateRecord(migration, { state: 'failed', reason }, deps).catch(() => undefined);
    throw cause;
  }
  await updateRecord(migration, { state: 'done', endedAt: clock.now() }, deps);
  log({ event: 'migration-done', fields: { migration: name, phase } });
};
