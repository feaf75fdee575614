import type { Migration } from '@plinth/data-kit';
import type { Scan } from './batch.ts';
import { describeNewer, getExpectedSchema, isNew, listNewer, listPending, type MigrationContext } from './pending.ts';
import { readState } from './record.ts';
import { createRemovalScan, createScan } from './scan.ts';
import { diffSchema, type SchemaDifference, toQuotedName } from './schema-diff.ts';
import { describeNewViolations } from './violations.ts';

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

const differenceSentences: Readonly<Record<SchemaDifference['kind'], ((path: string) => string) | undefined>> = {
  'missing-collection': (path) => `Creates the collection ${path}.`,
  collation: undefined,
  validator: (path) => `Changes the validator of ${path}.`,
  'missing-index': (path) => `Creates the index ${path}.`,
  'changed-index': (path) =>
    `Stops at the index ${path}, which differs: run npm run db -- repair --drop-indexes first.`,
  'unexpected-index': undefined,
};

/** Describes what a migration would do, one sentence for each change. */
export const dryRun = async (context: MigrationContext, options: { readonly contract: boolean }): Promise<string[]> => {
  const state = await readState(context.db);
  const newer = listNewer(context, state);
  if (newer.length > 0) return [describeNewer(context, newer)];
  const expected = getExpectedSchema(context, state);
  const differences = await diffSchema(context.db, expected);
  const described = differences.flatMap(
    (difference) => differenceSentences[difference.kind]?.(toQuotedName(difference, context.db)) ?? [],
  );
  described.push(...(await describeNewViolations(context.db, expected)).map((sentence) => `Stops: ${sentence}`));
  if (await isNew(context, state)) return described;
  for (const migration of listPending(context, state, options)) {
    described.push(...(await describeMigration(migration, context)));
  }
  return described;
};
