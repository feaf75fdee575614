import { type ApiError, commonErrors } from '@plinth/contract-kit';
import type { Clock } from '../context/context.ts';
import type { StoredCollection, TenantCollection } from './collection.ts';
import { removedMarker, toKeyField, type UntypedDefinition } from './define-collection.ts';
import type { Entity } from './entity.ts';
import { assertVersion } from './expected-version.ts';
import { toFrozenCopy } from './frozen-copy.ts';
import { type Fields, toKeys, toStoredChange, toStoredDraft, toStoredSort, toStoredWhere } from './stored-fields.ts';

type Stored = Entity & Fields;
type Managed = { readonly definition: UntypedDefinition; readonly clock: Clock };

/** Returns the comparison key of a removed document, which differs from the keys of all other documents. */
const toFreedKey = (id: string): string => `removed:${id}`;

const isRemoved = ({ softDelete }: UntypedDefinition, document: Fields): boolean =>
  softDelete && document[removedMarker] === true;

const assertPresent = (definition: UntypedDefinition, document: Fields): void => {
  if (!isRemoved(definition, document)) return;
  throw new TypeError(`${definition.name}: the document is removed. Restore it before it is changed.`);
};

/** Returns the comparison keys that a soft delete replaces. */
const getFreedKeys = ({ compareBy, indexes }: UntypedDefinition): string[] => {
  const unique = Object.values(indexes).flatMap((index) => (index.unique === undefined ? [] : index.fields));
  return Object.keys(compareBy)
    .map(toKeyField)
    .filter((key) => unique.includes(key));
};

/** Passes on copies of the arguments, so that an action that changes them later does not change the recorded write. */
const withFrozenCopies = (stored: StoredCollection<Stored>): StoredCollection<Stored> => ({
  ...stored,
  insert: (draft) => toFrozenCopy(stored.insert(toFrozenCopy(draft))),
  update: (document, change, conflictError) =>
    toFrozenCopy(stored.update(document, toFrozenCopy(change), conflictError)),
  updateWhere: (where, change, conflictError) =>
    stored.updateWhere(toFrozenCopy(where), toFrozenCopy(change), conflictError),
});

const softDelete = (stored: StoredCollection<Stored>, { definition, clock }: Managed) => {
  return {
    remove: (document: Stored): void => {
      assertPresent(definition, document);
      const keys = Object.fromEntries(getFreedKeys(definition).map((key) => [key, toFreedKey(document._id)]));
      stored.update(document, { $set: { [removedMarker]: true, deletedAt: clock.now(), ...keys } as object });
    },
    getRemoved: async (id: string, notRemoved: ApiError): Promise<Stored> => {
      const document = await stored.get(id);
      if (!isRemoved(definition, document)) throw notRemoved;
      return document;
    },
    restore: (document: Stored, conflictError?: ApiError): Stored => {
      const freed = getFreedKeys(definition);
      const keys = toKeys(definition, document);
      const restored = Object.entries(keys).filter(([key]) => freed.includes(key));
      const absent = freed.filter((key) => !Object.hasOwn(keys, key)).map((key) => [key, true]);
      const $set = { [removedMarker]: false, ...Object.fromEntries(restored) };
      const $unset = { deletedAt: true, ...Object.fromEntries(absent) };
      return stored.update(document, { $set, $unset } as object, conflictError);
    },
    purge: (document: Stored, conflictError?: ApiError): void => {
      if (isRemoved(definition, document)) return stored.remove(document, conflictError);
      throw new TypeError(`${definition.name}: the document is not removed. Remove it before it is purged.`);
    },
  };
};

const hardDelete = (stored: StoredCollection<Stored>, { definition }: Managed) => {
  const refuse = (): never => {
    throw new TypeError(
      `${definition.name}: only a collection with softDelete keeps removed documents. Add it to its definition.`,
    );
  };
  return { remove: (document: Stored) => stored.remove(document), getRemoved: refuse, restore: refuse, purge: refuse };
};

/**
 * Adds the features of the definition to the collection of an adapter: comparison keys, soft deletion and the check of the
 * expected version. The MongoDB adapter and the in-memory fake both use it, so they behave alike.
 */
export const manageCollection = <D extends Entity>(
  collection: StoredCollection<D>,
  managed: Managed,
): TenantCollection<D> => {
  const stored = withFrozenCopies(collection as unknown as StoredCollection<Stored>);
  const { definition } = managed;
  const complete: TenantCollection<Stored> = {
    get: async (id, expected) => {
      const document = await stored.get(id);
      if (isRemoved(definition, document)) throw commonErrors.notFound();
      if (expected) assertVersion(document, expected.version);
      return document;
    },
    find: (where) => stored.find(toStoredWhere(definition, where)),
    list: (query, as) => {
      const [where, sort] = [toStoredWhere(definition, query.where), toStoredSort(definition, query.sort)];
      return stored.list({ ...query, where, sort: sort as typeof query.sort }, as);
    },
    getMany: async (ids) => (await stored.getMany(ids)).filter((document) => !isRemoved(definition, document)),
    insert: (draft) => stored.insert(toStoredDraft(definition, draft) as typeof draft),
    update: (document, change, conflictError) => {
      assertPresent(definition, document);
      return stored.update(document, toStoredChange(definition, change), conflictError);
    },
    updateWhere: (where, change, conflictError) =>
      stored.updateWhere(toStoredWhere(definition, where), toStoredChange(definition, change), conflictError),
    require: stored.require,
    ...(definition.softDelete ? softDelete : hardDelete)(stored, managed),
  };
  return complete as unknown as TenantCollection<D>;
};
