import type { Document } from 'mongodb';
import { createIndexes, dropIndex } from '../collections/prepare.ts';
import type { StoredCollection } from '../collections/stored-collection.ts';
import { type Lease, renew } from '../leases/lease.ts';
import type { MigrationContext } from './pending.ts';
import { isSameIndex, needsDrop, type SchemaDifference } from './schema-diff.ts';

type Index = StoredCollection['indexes'][number];

type Scope = { readonly context: MigrationContext; readonly lease: Lease };

/**
 * Returns an index that is unique over the same fields. One field has the other direction, because the server accepts no
 * second index with the same key. The trial index of a repair that was killed is reused.
 */
const toTrial = (index: Index, stored: readonly Document[]): Index => {
  const fields = Object.keys(index.key).toReversed();
  const variants = fields.map((field): Index => ({ ...index, key: { ...(index.key as object), [field]: -1 } }));
  for (const variant of variants) {
    const same = stored.find((other) => other['name'] !== index.name && isSameIndex(other, variant));
    if (same) return { ...variant, name: same['name'] };
  }
  const isFree = ({ key }: Index) => !stored.some((other) => isSameIndex({ key }, { key: other['key'] }));
  let name = `${index.name}-trial`;
  while (stored.some((other) => other['name'] === name)) name += '-trial';
  return { ...index, ...variants.find(isFree), name };
};

const createTrials = async (
  { name, indexes }: StoredCollection,
  drift: readonly SchemaDifference[],
  { context, lease }: Scope,
): Promise<{ readonly collection: string; readonly index: string }[]> => {
  const driftOfCollection = drift.filter(({ collection }) => collection === name);
  if (!driftOfCollection.some(needsDrop)) return [];
  const stored = await context.db.collection(name).indexes();
  const trials = indexes
    .filter((index) => index.unique && driftOfCollection.some((difference) => difference.index === index.name))
    .map((index) => toTrial(index, stored));
  await renew(context, lease);
  if (trials.length > 0) await createIndexes(context.db, { name, indexes: trials });
  return trials.map((trial) => ({ collection: name, index: trial.name }));
};

/**
 * Drops changed and unexpected indexes and runs `create`, which creates the defined ones. Unique values stay unique meanwhile:
 * a trial index exists from before the first drop until after `create`. When documents violate it, nothing is dropped.
 */
export const replaceIndexes = async (
  { drift, expected }: { readonly drift: readonly SchemaDifference[]; readonly expected: readonly StoredCollection[] },
  scope: Scope,
  create: () => Promise<void>,
): Promise<void> => {
  const trials: Awaited<ReturnType<typeof createTrials>> = [];
  for (const collection of expected) trials.push(...(await createTrials(collection, drift, scope)));
  const { context, lease } = scope;
  const isTrial = ({ collection, index }: SchemaDifference): boolean =>
    trials.some((trial) => trial.collection === collection && trial.index === index);
  const drop = async ({ collection, index = '' }: { readonly collection: string; readonly index?: string }) => {
    await renew(context, lease);
    await dropIndex(context.db, collection, index);
  };
  for (const difference of drift.filter(needsDrop)) if (!isTrial(difference)) await drop(difference);
  await renew(context, lease);
  await create();
  for (const trial of trials) await drop(trial);
};
