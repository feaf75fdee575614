import { createHash } from 'node:crypto';
import type { ContractPhase, Expand, Migration } from '@plinth/data-kit';
import { type Relaxation, type StoredCollection, validatorOptions } from '../collections/stored-collection.ts';

type IsDone = (migration: Migration) => boolean;

type Scope = { readonly collection: string; readonly migrations: readonly Migration[]; readonly isDone: IsDone };

/** Returns the fields that an expand has opened and no finished contract phase has settled since. */
const openFields = (
  { collection, migrations, isDone }: Scope,
  opened: (expand: Expand) => readonly string[] | undefined,
  settled: (contract: ContractPhase) => readonly string[] | undefined,
): string[] => {
  const own = migrations.filter((migration) => migration.collection === collection);
  return own.flatMap((migration, index) => {
    if (migration.phase !== 'expand') return [];
    const later = own.slice(index + 1);
    const isOpen = (field: string): boolean =>
      !later.some((other) => other.phase === 'contract' && isDone(other) && settled(other)?.includes(field));
    return (opened(migration) ?? []).filter(isOpen);
  });
};

const getRelaxation = (scope: Scope): Relaxation | undefined => {
  const optional = openFields(
    scope,
    ({ adds }) => adds,
    ({ requires }) => requires,
  );
  const retired = openFields(
    scope,
    ({ retires }) => retires,
    ({ removes }) => removes,
  );
  return optional.length + retired.length > 0 ? { optional, retired } : undefined;
};

/**
 * Returns the collections at a point of their migrations: their definitions, relaxed for the fields that an expand has
 * opened and no contract phase has settled, so that old and new code work side by side.
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
