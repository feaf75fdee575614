import { hostname } from 'node:os';
import { type DriftRepair, StartupError } from '@plinth/data-kit';
import { prepare, replaceIndex } from '../collections/prepare.ts';
import type { StoredCollection } from '../collections/stored-collection.ts';
import { type Lease, renew, takeLease, withLease } from './lease.ts';
import { describeNewer, getExpectedSchema, listNewer, type MigrationContext } from './pending.ts';
import { isDone, type MigrationState, readState } from './record.ts';
import { diffSchema, type SchemaDifference, toPath } from './schema-diff.ts';

type Sentences = Readonly<Record<SchemaDifference['kind'], (path: string) => string>>;

const driftSentences: Sentences = {
  'missing-collection': (path) => `The collection ${path} does not exist.`,
  validator: (path) => `The validator of ${path} differs from its definition.`,
  'missing-index': (path) => `The index ${path} is defined and not stored.`,
  'changed-index': (path) => `The index ${path} differs from its definition.`,
  'unexpected-index': (path) => `The index ${path} is stored and not defined.`,
};

const repairSentences: Sentences = {
  'missing-collection': (path) => `Created the collection ${path}.`,
  validator: (path) => `Set the validator of ${path}.`,
  'missing-index': (path) => `Created the index ${path}.`,
  'changed-index': (path) => `Dropped the index ${path} and created it as defined.`,
  'unexpected-index': (path) => `Dropped the index ${path}.`,
};

/** True when the repair drops an index, which may serve queries of other code. */
const needsDrop = ({ kind }: SchemaDifference): boolean => kind === 'changed-index' || kind === 'unexpected-index';

const hasUnrecorded = ({ migrations }: MigrationContext, { records }: MigrationState): boolean =>
  migrations.some(({ name }) => !records.has(name));

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
    ({ kind, collection, index }) => kind !== 'unexpected-index' || !awaited.has(`${collection}.${index}`),
  );
};

const describe = (difference: SchemaDifference, { db }: MigrationContext, sentences: Sentences): string =>
  sentences[difference.kind](toPath(difference, db));

const describeWithCommand = (difference: SchemaDifference, context: MigrationContext, state: MigrationState) => {
  const repair = needsDrop(difference) ? 'repair --drop-indexes' : 'repair';
  const command = hasUnrecorded(context, state) ? 'migrate' : repair;
  return `${describe(difference, context, driftSentences)} Run npm run db -- ${command}.`;
};

/** Describes the drift of the database, one sentence for each difference with the command that corrects it. */
export const describeDrift = async (context: MigrationContext): Promise<string[]> => {
  const state = await readState(context.db);
  const newer = listNewer(context, state);
  if (newer.length > 0) return [describeNewer(context, newer)];
  return (await findDrift(context, state)).map((difference) => describeWithCommand(difference, context, state));
};

const assertRepairable = (context: MigrationContext, state: MigrationState): void => {
  const newer = listNewer(context, state);
  if (newer.length > 0) throw new StartupError(describeNewer(context, newer));
  if (hasUnrecorded(context, state)) {
    throw new StartupError(
      `The database '${context.db.databaseName}' lacks migrations of this code. Run npm run db -- migrate first.`,
    );
  }
};

const dropIndexes = async (
  drift: readonly SchemaDifference[],
  expected: readonly StoredCollection[],
  { context, lease }: { readonly context: MigrationContext; readonly lease: Lease },
): Promise<void> => {
  for (const { collection, index } of drift.filter(needsDrop)) {
    await renew(context, lease);
    const definition = expected.find(({ name }) => name === collection)?.indexes.find(({ name }) => name === index);
    if (definition) await replaceIndex(context.db, collection, definition);
    else await context.db.command({ dropIndexes: collection, index });
  }
};

const withoutIndexes = (collections: readonly StoredCollection[], left: readonly SchemaDifference[]) =>
  collections.map((collection) => ({
    ...collection,
    indexes: collection.indexes.filter(
      ({ name }) => !left.some((difference) => difference.collection === collection.name && difference.index === name),
    ),
  }));

/**
 * Creates what is missing and sets validators. Replaces changed indexes and drops unexpected ones only with `dropIndexes`.
 * @throws `StartupError` when the database lacks migrations or has newer ones, while another process migrates it, and when
 * documents violate a unique index.
 */
export const repairDrift = async (
  context: MigrationContext,
  options: { readonly dropIndexes: boolean },
): Promise<DriftRepair> => {
  const { db } = context;
  const lease = await takeLease(context, `${hostname()}:${process.pid}`);
  if (!lease) throw new StartupError(`Another process migrates the database '${db.databaseName}'. Try again later.`);
  return withLease(context, lease, async () => {
    const state = await readState(db);
    assertRepairable(context, state);
    const drift = await findDrift(context, state);
    const expected = getExpectedSchema(context, state);
    const left = options.dropIndexes ? [] : drift.filter(needsDrop);
    const repaired = drift.filter((difference) => !left.includes(difference));
    await dropIndexes(repaired, expected, { context, lease });
    await renew(context, lease);
    await prepare(db, withoutIndexes(expected, left));
    return {
      repaired: repaired.map((difference) => describe(difference, context, repairSentences)),
      left: left.map((difference) => describeWithCommand(difference, context, state)),
    };
  });
};
