import { hostname } from 'node:os';
import { type Migration, type MigrationStatus, StartupError } from '@plinth/data-kit';
import { prepare } from '../collections/prepare.ts';
import type { Scan } from './batch.ts';
import { takeLease, withLease } from './lease.ts';
import { describeNewer, getExpectedSchema, isNew, listNewer, listPending, type MigrationContext } from './pending.ts';
import { createRecord, isDone, type MigrationRecord, type MigrationState, readState } from './record.ts';
import { createRemovalScan, createScan } from './scan.ts';
import { diffSchema, type SchemaDifference } from './schema-diff.ts';

/** Returns the migrations with their states, those of newer code last. */
export const getStatus = (
  { migrations, clock }: MigrationContext,
  { records, lease }: MigrationState,
): MigrationStatus[] => {
  const now = clock.now();
  const holder = lease && lease.expiresAt > now ? lease.holder : undefined;
  const toStatus =
    (known: boolean) =>
    (record: MigrationRecord): MigrationStatus => ({
      name: record._id,
      phase: record.phase,
      state: record.state,
      known,
      changed: record.changed,
      ...(record.position !== '' && { position: record.position }),
      ...(record.state === 'failed' && record.reason !== undefined && { reason: record.reason }),
      ...(record.state === 'running' && holder !== undefined && { holder }),
    });
  const own = migrations.map(
    (migration) => records.get(migration.name) ?? createRecord(migration, { state: 'pending', now }),
  );
  const names = new Set(own.map(({ _id }) => _id));
  const newer = [...records.values()].filter(({ _id }) => !names.has(_id));
  return [...own.map(toStatus(true)), ...newer.map(toStatus(false))];
};

/** Counts the documents that a scan would change now. */
const countChanges = async (scan: Scan, context: MigrationContext): Promise<number> => {
  let total = 0;
  let position: string | undefined = '';
  while (position !== undefined) {
    const { changed, next } = await scan.batch(context, position);
    total += changed;
    position = next;
  }
  return total;
};

const describeCount = async (scan: Scan, context: MigrationContext): Promise<string> =>
  `${await countChanges(scan, context)} documents, by a scan of '${scan.collection}'`;

const describeMigration = async (migration: Migration, context: MigrationContext): Promise<string[]> => {
  const { name, phase, collection } = migration;
  const toSentence = (text: string): string => `${name} (${phase}) ${text}.`;
  if (phase === 'expand') return [toSentence(`relaxes the validator of '${collection}'`)];
  if (phase === 'backfill') return [toSentence(`changes ${await describeCount(createScan(migration), context)}`)];
  const { repeats = [], removes = [], requires = [], dropIndexes = [] } = migration;
  const sentences: string[] = [];
  for (const backfill of repeats) {
    const count = await describeCount(createScan(backfill), context);
    sentences.push(toSentence(`repeats '${backfill.name}' and changes ${count}`));
  }
  if (removes.length > 0) {
    const count = await describeCount(createRemovalScan(migration), context);
    sentences.push(toSentence(`removes ${removes.join(', ')} and changes ${count}`));
  }
  if (requires.length > 0) sentences.push(toSentence(`requires ${requires.join(', ')} of '${collection}'`));
  return [...sentences, ...dropIndexes.map((index) => toSentence(`drops the index '${index}' of '${collection}'`))];
};

type Sentences = Readonly<Record<SchemaDifference['kind'], ((path: string) => string) | undefined>>;

const planSentences: Sentences = {
  'no-collection': (path) => `Creates the collection ${path}.`,
  validator: (path) => `Changes the validator of ${path}.`,
  'no-index': (path) => `Creates the index ${path}.`,
  'other-index': (path) => `Stops at the index ${path}, which differs: run npm run db -- repair first.`,
  'surplus-index': undefined,
};

const driftSentences: Sentences = {
  'no-collection': (path) => `The collection ${path} does not exist.`,
  validator: (path) => `The validator of ${path} differs from its definition.`,
  'no-index': (path) => `The index ${path} is defined and not stored.`,
  'other-index': (path) => `The index ${path} differs from its definition.`,
  'surplus-index': (path) => `The index ${path} is stored and not defined.`,
};

const repairSentences: Sentences = {
  'no-collection': (path) => `Created the collection ${path}.`,
  validator: (path) => `Set the validator of ${path}.`,
  'no-index': (path) => `Created the index ${path}.`,
  'other-index': (path) => `Dropped the index ${path} and created it as defined.`,
  'surplus-index': (path) => `Dropped the index ${path}.`,
};

const describe = (differences: readonly SchemaDifference[], { db }: MigrationContext, sentences: Sentences): string[] =>
  differences.flatMap(({ kind, collection, index }) => {
    const path = [db.databaseName, collection, ...(index === undefined ? [] : [index])].join('.');
    return sentences[kind]?.(`'${path}'`) ?? [];
  });

/** Describes what a migration would do, one sentence for each change. */
export const describePlan = async (
  context: MigrationContext,
  options: { readonly contract: boolean },
): Promise<string[]> => {
  const state = await readState(context.db);
  const newer = listNewer(context, state);
  if (newer.length > 0) return [describeNewer(context, newer)];
  const differences = await diffSchema(context.db, getExpectedSchema(context, state));
  const sentences = describe(differences, context, planSentences);
  if (await isNew(context, state)) return sentences;
  for (const migration of listPending(context, state, options)) {
    sentences.push(...(await describeMigration(migration, context)));
  }
  return sentences;
};

/** Returns the indexes that a contract phase will drop: older code may need them until then. */
const listAwaitedDrops = ({ migrations }: MigrationContext, state: MigrationState): Set<string> =>
  new Set(
    migrations.flatMap((migration) =>
      migration.phase === 'contract' && !isDone(state, migration)
        ? (migration.dropIndexes ?? []).map((index) => `${migration.collection}.${index}`)
        : [],
    ),
  );

/** Returns how the database differs from the schema expected at this point of its migrations. */
const findDrift = async (context: MigrationContext, state: MigrationState): Promise<SchemaDifference[]> => {
  const awaited = listAwaitedDrops(context, state);
  const differences = await diffSchema(context.db, getExpectedSchema(context, state));
  return differences.filter(
    ({ kind, collection, index }) => kind !== 'surplus-index' || !awaited.has(`${collection}.${index}`),
  );
};

/** Describes the drift of the database, one sentence for each difference. */
export const describeDrift = async (context: MigrationContext): Promise<string[]> => {
  const state = await readState(context.db);
  const newer = listNewer(context, state);
  if (newer.length > 0) return [describeNewer(context, newer)];
  return describe(await findDrift(context, state), context, driftSentences);
};

/**
 * Repairs the drift of the database: creates what is missing, sets validators, and drops or replaces indexes that are not
 * as defined. Returns one sentence for each repair.
 * @throws `StartupError` when newer code has migrated the database, or while another process migrates it.
 */
export const repairDrift = async (context: MigrationContext): Promise<string[]> => {
  const { db } = context;
  const lease = await takeLease(context, `${hostname()}:${process.pid}`);
  if (!lease) throw new StartupError(`Another process migrates the database '${db.databaseName}'. Try again later.`);
  return withLease(context, lease, async () => {
    const state = await readState(db);
    const newer = listNewer(context, state);
    if (newer.length > 0) throw new StartupError(describeNewer(context, newer));
    const drift = await findDrift(context, state);
    for (const { kind, collection, index } of drift) {
      if (kind === 'other-index' || kind === 'surplus-index') await db.command({ dropIndexes: collection, index });
    }
    await prepare(db, getExpectedSchema(context, state));
    return describe(drift, context, repairSentences);
  });
};
