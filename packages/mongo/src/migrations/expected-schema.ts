import { createHash } from 'node:crypto';
import type { ContractPhase, Expand, Migration } from '@plinth/data-kit';
import { type Relaxation, type StoredCollection, validatorOptions } from '../collections/stored-collection.ts';

type IsDone = (migration: Migration) => boolean;

type Scope = { readonly collection: string; readonly migrations: readonly Migration[]; readonly isDone: IsDone };

/** Returns the fields that an expand phase adds or retires and that no finished contract phase requires or removes yet. */
const listTransitionalFields = (
  { collection, migrations, isDone }: Scope,
  getDeclared: (expand: Expand) => readonly string[] | undefined,
  getCompleted: (contract: ContractPhase) => readonly string[] | undefined,
): string[] => {
  const migrationsOfCollection = migrations.filter((migration) => migration.collection === collection);
  return migrationsOfCollection.flatMap((migration, index) => {
    if (migration.phase !== 'expand') return [];
    const later = migrationsOfCollection.slice(index + 1);
    const isTransitional = (field: string): boolean =>
      !later.some((other) => other.phase === 'contract' && isDone(other) && getCompleted(other)?.includes(field));
    return (getDeclared(migration) ?? []).filter(isTransitional);
  });
};

const getRelaxation = (scope: Scope): Relaxation | undefined => {
  const optional = listTransitionalFields(
    scope,
    ({ adds }) => adds,
    ({ requires }) => requires,
  );
  const retired = listTransitionalFields(
    scope,
    ({ retires }) => retires,
    ({ removes }) => removes,
  );
  return optional.length + retired.length > 0 ? { optional, retired } : undefined;
};

/**
 * Returns the collections at a point of their migrations: their definitions, relaxed for the fields between an expand and a
 * contract phase, so that older and newer code can run at the same time.
 */
export const toCollectionsAt = (
  collections: readonly StoredCollection[],
  scope: Omit<Scope, 'collection'>,
): StoredCollection[] =>
  collections.map((collection) => {
    const relaxed = getRelaxation({ ...scope, collection: collection.name });
    return relaxed ? { ...collection, relaxed } : collection;
  });

/** Returns a hash that is equal for equal collections, validators and indexes. */
export const toFingerprint = (collections: readonly StoredCollection[]): string => {
  const parts = collections.map((collection) => [collection.name, collection.indexes, validatorOptions(collection)]);
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
};
