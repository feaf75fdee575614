import { hostname } from 'node:os';
import { type DriftRepair, StartupError } from '@plinth/data-kit';
import type { Db } from 'mongodb';
import { prepare } from '../collections/prepare.ts';
import type { StoredCollection } from '../collections/stored-collection.ts';
import { takeLease, withLease } from '../leases/lease.ts';
import { describeNewer, getExpectedSchema, listNewer, type MigrationContext } from './pending.ts';
import { isDone, type MigrationState, readState } from './record.ts';
import { replaceIndexes } from './replace-indexes.ts';
import { diffSchema, needsDrop, type SchemaDifference, toQuotedName } from './schema-diff.ts';
import { assertNoNewViolations, describeViolations } from './violations.ts';

/** How long a check examines the documents of a collection. */
const examinedMs = 30_000;

type ToSentence = (path: string) => string;

const driftSentences: Readonly<Record<SchemaDifference['kind'], ToSentence>> = {
  'missing-collection': (path) => `The collection ${path} does not exist.`,
  collation: (path) =>
    `The collection ${path} has a default collation, which no command removes. Copy its documents to one without.`,
  validator: (path) => `The validator of ${path} differs from its definition.`,
  'missing-index': (path) => `The index ${path} is defined and not stored.`,
  'changed-index': (path) => `The index ${path} differs from its definition.`,
  'unexpected-index': (path) => `The index ${path} is stored and not defined.`,
};

/** Describes a difference in one sentence. */
export const describeDifference = (difference: SchemaDifference, db: Db): string =>
  driftSentences[difference.kind](toQuotedName(difference, db));

const repairSentences: Readonly<Record<SchemaDifference['kind'], ToSentence | undefined>> = {
  'missing-collection': (path) => `Created the collection ${path}.`,
  collation: undefined,
  validator: (path) => `Set the validator of ${path}.`,
  'missing-index': (path) => `Created the index ${path}.`,
  'changed-index': (path) => `Dropped the index ${path} and created it as defined.`,
  'unexpected-index': (path) => `Dropped the index ${path}.`,
};

const hasUnrecorded = ({ migrations }: MigrationContext, { records }: MigrationState): boolean =>
  migrations.some(({ name }) => !records.has(name));

/** Returns the indexes that a contract phase will drop: older code may need them until then. */
const listPendingDrops = ({ migrations }: MigrationContext, state: MigrationState): Set<string> =>
  new Set(
    migrations.flatMap((migration) =>
      migration.phase === 'contract' && !isDone(state, migration)
        ? (migration.dropIndexes ?? []).map((index) => `${migration.collection}.${index}`)
        : [],
    ),
  );

/** Returns how the database differs from the schema expected at this point of its migrations. */
const findDrift = async (context: MigrationContext, state: MigrationState): Promise<SchemaDifference[]> => {
  const pendingDrops = listPendingDrops(context, state);
  const differences = await diffSchema(context.db, getExpectedSchema(context, state));
  return differences.filter(
    ({ kind, collection, index }) => kind !== 'unexpected-index' || !pendingDrops.has(`${collection}.${index}`),
  );
};

const describeWithCommand = (difference: SchemaDifference, context: MigrationContext, state: MigrationState) => {
  const sentence = describeDifference(difference, context.db);
  if (difference.kind === 'collation') return sentence;
  const repair = needsDrop(difference) ? 'repair --drop-indexes' : 'repair';
  const command = hasUnrecorded(context, state) ? 'migrate' : repair;
  return `${sentence} Run npm run db -- ${command}.`;
};

/** Describes the drift of the database: each difference with the command that corrects it, and documents that violate a validator. */
export const describeDrift = async (context: MigrationContext): Promise<string[]> => {
  const state = await readState(context.db);
  const newer = listNewer(context, state);
  if (newer.length > 0) return [describeNewer(context, newer)];
  const differences = await findDrift(context, state);
  const violations = await Promise.all(
    getExpectedSchema(context, state).map((collection) => describeViolations(context.db, collection, examinedMs)),
  );
  return [...differences.map((difference) => describeWithCommand(difference, context, state)), ...violations.flat()];
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

const withoutIndexes = (collections: readonly StoredCollection[], unrepaired: readonly SchemaDifference[]) =>
  collections.map((collection) => ({
    ...collection,
    indexes: collection.indexes.filter(
      ({ name }) =>
        !unrepaired.some(
          (difference) =>
            difference.collection === collection.name && (difference.kind === 'collation' || difference.index === name),
        ),
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
    await assertNoNewViolations(db, expected);
    const unrepaired = drift.filter(
      (difference) => difference.kind === 'collation' || (!options.dropIndexes && needsDrop(difference)),
    );
    const repaired = drift.filter((difference) => !unrepaired.includes(difference));
    await replaceIndexes({ drift: repaired, expected }, { context, lease }, () =>
      prepare(db, withoutIndexes(expected, unrepaired)),
    );
    return {
      repaired: repaired.flatMap(
        (difference) => repairSentences[difference.kind]?.(toQuotedName(difference, db)) ?? [],
      ),
      unrepaired: unrepaired.map((difference) => describeWithCommand(difference, context, state)),
    };
  });
};
