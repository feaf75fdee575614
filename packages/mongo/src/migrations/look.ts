import type { Migration, MigrationStatus } from '@plinth/data-kit';
import type { Walk } from './batch.ts';
import { type Difference, differences } from './differences.ts';
import { dueOf, isNew, lawAt, newerOf, newerSentence, type Subject } from './due.ts';
import { isDone, type MigrationRecord, type MigrationState, newRecord, readState } from './record.ts';
import { removalOf, walkOf } from './walk.ts';

/** The migrations with their states, those of newer code last. */
export const statusOf = ({ migrations, clock }: Subject, { records, lease }: MigrationState): MigrationStatus[] => {
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
  const own = migrations.map((one) => records.get(one.name) ?? newRecord(one, { state: 'pending', now }));
  const names = new Set(own.map(({ _id }) => _id));
  const newer = [...records.values()].filter(({ _id }) => !names.has(_id));
  return [...own.map(toStatus(true)), ...newer.map(toStatus(false))];
};

/** How many documents a walk would change, if nobody else wrote meanwhile. */
const countOf = async (walk: Walk, subject: Subject): Promise<number> => {
  let total = 0;
  let position: string | undefined = '';
  while (position !== undefined) {
    const { changed, next } = await walk.batch(subject, position);
    total += changed;
    position = next;
  }
  return total;
};

const counted = async (walk: Walk, subject: Subject): Promise<string> =>
  `${await countOf(walk, subject)} documents, by a walk through '${walk.collection}'`;

const planMigration = async (migration: Migration, subject: Subject): Promise<string[]> => {
  const { name, phase, collection } = migration;
  const say = (text: string): string => `${name} (${phase}) ${text}.`;
  if (phase === 'expand') return [say(`widens the law of '${collection}'`)];
  if (phase === 'backfill') return [say(`changes ${await counted(walkOf(migration), subject)}`)];
  const { repeats = [], removes = [], requires = [], dropIndexes = [] } = migration;
  const sentences: string[] = [];
  for (const backfill of repeats) {
    sentences.push(say(`repeats '${backfill.name}' and changes ${await counted(walkOf(backfill), subject)}`));
  }
  if (removes.length > 0) {
    sentences.push(say(`removes ${removes.join(', ')} and changes ${await counted(removalOf(migration), subject)}`));
  }
  if (requires.length > 0) sentences.push(say(`requires ${requires.join(', ')} of '${collection}'`));
  return [...sentences, ...dropIndexes.map((index) => say(`drops the index '${index}' of '${collection}'`))];
};

const planned: Readonly<Record<Difference['kind'], ((at: string) => string) | undefined>> = {
  'no-collection': (at) => `Makes the collection ${at}.`,
  validator: (at) => `Changes the validator of ${at}.`,
  'no-index': (at) => `Makes the index ${at}.`,
  'other-index': (at) => `Stops at the index ${at}, which differs: drop the stored one, or rename the defined one.`,
  'surplus-index': undefined,
};

const drifted: Readonly<Record<Difference['kind'], (at: string) => string>> = {
  'no-collection': (at) => `The collection ${at} does not exist: npm run db -- migrate makes it.`,
  validator: (at) => `The validator of ${at} is not that of its definition: npm run db -- migrate sets it.`,
  'no-index': (at) => `The index ${at} is defined and not stored: npm run db -- migrate makes it.`,
  'other-index': (at) => `The index ${at} differs from its definition: drop the stored one, or rename the defined one.`,
  'surplus-index': (at) => `The index ${at} is stored and not defined: drop it, or define it.`,
};

const placeOf = ({ db }: Subject, { collection, index }: Difference): string =>
  `'${[db.databaseName, collection, ...(index === undefined ? [] : [index])].join('.')}'`;

/** What migrating would do, a sentence each. */
export const planOf = async (subject: Subject, options: { readonly contract: boolean }): Promise<string[]> => {
  const state = await readState(subject.db);
  const newer = newerOf(subject, state);
  if (newer.length > 0) return [newerSentence(subject, newer)];
  const law = (await differences(subject.db, lawAt(subject, state))).flatMap((one) => {
    const sentence = planned[one.kind]?.(placeOf(subject, one));
    return sentence === undefined ? [] : [sentence];
  });
  if (await isNew(subject, state)) return law;
  const sentences: string[] = [];
  for (const migration of dueOf(subject, state, options)) {
    sentences.push(...(await planMigration(migration, subject)));
  }
  return [...law, ...sentences];
};

/** The indexes that a contract is still to drop: older code may need them. */
const awaited = ({ migrations }: Subject, state: MigrationState): Set<string> =>
  new Set(
    migrations.flatMap((migration) =>
      migration.phase === 'contract' && !isDone(state, migration)
        ? (migration.dropIndexes ?? []).map((index) => `${migration.collection}.${index}`)
        : [],
    ),
  );

/** How the database differs from what it is to be at this point of its migrations, a sentence each. */
export const driftOf = async (subject: Subject): Promise<string[]> => {
  const state = await readState(subject.db);
  const newer = newerOf(subject, state);
  if (newer.length > 0) return [newerSentence(subject, newer)];
  const expected = awaited(subject, state);
  const found = await differences(subject.db, lawAt(subject, state));
  return found
    .filter(({ kind, collection, index }) => kind !== 'surplus-index' || !expected.has(`${collection}.${index}`))
    .map((one) => drifted[one.kind](placeOf(subject, one)));
};
