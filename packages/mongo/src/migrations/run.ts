import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, type Ids, type Migration, type MigrationLogger, StartupError } from '@plinth/data-kit';
import { MongoServerError } from 'mongodb';
import type { Walk } from './batch.ts';
import { fenced, type Lease, type LeaseParts, renew } from './lease.ts';
import { type MigrationRecord, recordsOf } from './record.ts';
import { removalOf, walkOf } from './walk.ts';

/** What one run of the migrations of a database works with. */
export type RunParts = LeaseParts & {
  readonly lease: Lease;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly note: MigrationLogger;
  /** Makes the law what it is to be when this migration is done. */
  readonly tighten: (migration: Migration) => Promise<void>;
};

type Step = { readonly walk: Walk } | { readonly run: (parts: RunParts) => Promise<void> };

const indexNotFound = 27;

const dropIndexes =
  (collection: string, indexes: readonly string[]): ((parts: RunParts) => Promise<void>) =>
  async ({ db }) => {
    for (const index of indexes) {
      try {
        await db.command({ dropIndexes: collection, index });
      } catch (cause) {
        if (!(cause instanceof MongoServerError && cause.code === indexNotFound)) throw cause;
      }
    }
  };

/**
 * What is left to do for a migration once the law has been widened; for an expand nothing. Every step may be begun
 * again. The repetition after the law has been tightened is for what older code wrote while it was.
 */
const stepsOf = (migration: Migration): Step[] => {
  if (migration.phase === 'expand') return [];
  if (migration.phase === 'backfill') return [{ walk: walkOf(migration) }];
  const { collection, repeats = [], requires = [], removes = [], dropIndexes: indexes = [] } = migration;
  const again = repeats.map((backfill) => ({ walk: walkOf(backfill) }));
  return [
    ...again,
    ...(removes.length > 0 ? [{ walk: removalOf(migration) }] : []),
    { run: ({ tighten }) => tighten(migration) },
    ...(requires.length > 0 ? again : []),
    ...(indexes.length > 0 ? [{ run: dropIndexes(collection, indexes) }] : []),
  ];
};

/** Changes the record of a migration, if the lease still holds. */
const mark = (migration: Migration, fields: Partial<MigrationRecord>, parts: RunParts): Promise<void> =>
  fenced(parts, parts.lease, async (session) => {
    await recordsOf(parts.db).updateOne({ _id: migration.name }, { $set: fields }, { session });
  });

type Place = { readonly migration: Migration; readonly step: number; readonly position: string };

/** One transaction: the lease, the batch, and how far it has come. */
const runBatch = (walk: Walk, { migration, step, position }: Place, parts: RunParts) =>
  fenced(parts, parts.lease, async (session) => {
    const batch = await walk.batch({ ...parts, session }, position);
    const place = batch.next === undefined ? { step: step + 1, position: '' } : { position: batch.next };
    const update = { $set: place, $inc: { changed: batch.changed } };
    await recordsOf(parts.db).updateOne({ _id: migration.name }, update, { session });
    return batch;
  });

const notedEveryMs = 5000;

const runWalk = async (walk: Walk, place: Place, parts: RunParts): Promise<void> => {
  const { collection, perSecond } = walk;
  const { name } = place.migration;
  let position: string | undefined = place.position;
  let notedAt = performance.now();
  let changed = 0;
  while (position !== undefined) {
    const begunAt = performance.now();
    const batch = await runBatch(walk, { ...place, position }, parts);
    changed += batch.changed;
    position = batch.next;
    if (performance.now() - notedAt >= notedEveryMs) {
      parts.note({
        event: 'migration-progress',
        fields: { migration: name, collection, acrossTenants: true, changed },
      });
      notedAt = performance.now();
    }
    const restMs = (batch.changed / perSecond) * 1000 - (performance.now() - begunAt);
    if (restMs > 0) await sleep(restMs);
  }
  parts.note({ event: 'migration-walked', fields: { migration: name, collection, acrossTenants: true, changed } });
};

const runSteps = async (migration: Migration, record: MigrationRecord, parts: RunParts): Promise<void> => {
  const steps = stepsOf(migration);
  for (const [at, step] of steps.entries()) {
    if (at < record.step) continue;
    const position = at === record.step ? record.position : '';
    if ('walk' in step) await runWalk(step.walk, { migration, step: at, position }, parts);
    else {
      await renew(parts, parts.lease);
      await step.run(parts);
      await mark(migration, { step: at + 1, position: '' }, parts);
    }
  }
};

/** Brings one migration to its end, from where its record says that it is. */
export const runMigration = async (migration: Migration, record: MigrationRecord, parts: RunParts): Promise<void> => {
  const { name, phase } = migration;
  const { clock, note } = parts;
  await mark(migration, { state: 'running', startedAt: record.startedAt ?? clock.now() }, parts);
  note({ event: 'migration-started', fields: { migration: name, phase } });
  try {
    await runSteps(migration, record, parts);
  } catch (cause) {
    const reason =
      cause instanceof StartupError ? cause.message : 'It threw an error, which the log of its process has.';
    // What could not be marked, because the lease or the database is gone, is tried again like what failed.
    await mark(migration, { state: 'failed', reason }, parts).catch(() => undefined);
    throw cause;
  }
  await mark(migration, { state: 'done', endedAt: clock.now() }, parts);
  note({ event: 'migration-done', fields: { migration: name, phase } });
};
