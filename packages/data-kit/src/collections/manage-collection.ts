import { type ApiError, commonErrors, getRules } from '@plinth/contract-kit';
import type { z } from 'zod';
import type { Clock } from '../context/context.ts';
import { assertIndexed } from '../lists/plan.ts';
import { assertWhere } from '../lists/where.ts';
import { assertSearch, toWords } from '../search/search.ts';
import { assertSummary, type SummaryQuery, toSummaries } from '../summaries/summary.ts';
import type { StoredCollection, TenantCollection } from './collection.ts';
import { removedMarker, toKeyField, type UntypedDefinition } from './define-collection.ts';
import type { Entity, Where } from './entity.ts';
import { assertVersion } from './expected-version.ts';
import { toFrozenCopy } from './frozen-copy.ts';
import {
  getAddedIds,
  getReferencedIds,
  type IncomingReference,
  requireReferenced,
  requireUnused,
} from './references.ts';
import { type Fields, toKeys, toStoredChange, toStoredDraft, toStoredSort, toStoredWhere } from './stored-fields.ts';

type Stored = Entity & Fields;
type Managed = {
  readonly definition: UntypedDefinition & { readonly schema: z.core.$ZodType };
  readonly clock: Clock;
  /** The references of the module's collections to this one. */
  readonly incoming: readonly IncomingReference[];
};

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

/** True for a document, false for a filter: a filter never names the tenant. */
const isDocument = (target: Fields): target is Stored =>
  Object.hasOwn(target, 'tenantId') && Object.hasOwn(target, 'version');

/** The rules of a model are checked here, because the schema validator of a database cannot compare fields. */
const assertRules = ({ name, schema }: Managed['definition'], document: Stored): Stored => {
  const broken = getRules(schema).find(({ holds }) => !holds(document));
  if (!broken) return document;
  throw new TypeError(`${name}: the document breaks the rule '${broken.code}': '${broken.field}' ${broken.message}.`);
};

/** Passes on copies of the arguments, so that an action that changes them later does not change the recorded write. */
const withFrozenCopies = (stored: StoredCollection<Stored>): StoredCollection<Stored> => ({
  ...stored,
  insert: (draft, origin) => toFrozenCopy(stored.insert(toFrozenCopy(draft), origin && toFrozenCopy(origin))),
  update: (document, change, conflictError) =>
    toFrozenCopy(stored.update(document, toFrozenCopy(change), conflictError)),
  updateWhere: (where, change, conflictError) =>
    stored.updateWhere(toFrozenCopy(where), toFrozenCopy(change), conflictError),
  requireOne: (collection, where, conflictError) => stored.requireOne(collection, toFrozenCopy(where), conflictError),
});

const softDelete = (stored: StoredCollection<Stored>, { definition, clock, incoming }: Managed) => {
  return {
    remove: (document: Stored, conflictError?: ApiError): void => {
      assertPresent(definition, document);
      requireUnused(stored, incoming, document);
      const keys = Object.fromEntries(getFreedKeys(definition).map((key) => [key, toFreedKey(document._id)]));
      const $set = { [removedMarker]: true, deletedAt: clock.now(), ...keys };
      stored.update(document, { $set } as object, conflictError);
    },
    getRemoved: async (id: string, notRemoved: ApiError): Promise<Stored> => {
      const document = await stored.get(id);
      if (!isRemoved(definition, document)) throw notRemoved;
      return document;
    },
    restore: (document: Stored, conflictError?: ApiError): Stored => {
      requireReferenced(stored, definition, (path) => getReferencedIds(document, path));
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

const hardDelete = (stored: StoredCollection<Stored>, { definition, incoming }: Managed) => {
  const refuse = (): never => {
    throw new TypeError(
      `${definition.name}: only a collection with softDelete keeps removed documents. Add it to its definition.`,
    );
  };
  const remove = (document: Stored, conflictError?: ApiError): void => {
    requireUnused(stored, incoming, document);
    stored.remove(document, conflictError);
  };
  return { remove, getRemoved: refuse, restore: refuse, purge: refuse };
};

type Reads = 'get' | 'find' | 'list' | 'search' | 'summarise' | 'getMany';

const manageReads = (
  stored: StoredCollection<Stored>,
  definition: UntypedDefinition,
): Pick<TenantCollection<Stored>, Reads> => ({
  get: async (id, expected) => {
    const document = await stored.get(id);
    if (isRemoved(definition, document)) throw commonErrors.notFound();
    if (expected) assertVersion(document, expected.version);
    return document;
  },
  find: (where) => stored.find(toStoredWhere(definition, where)),
  list: (query, mapper) => {
    const [where, sort] = [toStoredWhere(definition, query.where), toStoredSort(definition, query.sort)];
    return stored.list({ ...query, where, sort: sort as typeof query.sort }, mapper);
  },
  search: async (query) => {
    assertSearch(definition, query);
    const [words, where] = [toWords(query.text), toStoredWhere(definition, query.where ?? {})];
    assertWhere(definition, where);
    return words.length === 0 ? [] : stored.search({ words, where, limit: query.limit });
  },
  summarise: (async (query: SummaryQuery<Stored>, tooLarge: ApiError) => {
    assertSummary(definition, query as SummaryQuery<Entity>);
    const rows = await stored.summarise({ ...query, where: toStoredWhere(definition, query.where) });
    return toSummaries(rows, query as SummaryQuery<Entity>, tooLarge);
  }) as TenantCollection<Stored>['summarise'],
  getMany: async (ids) => (await stored.getMany(ids)).filter((document) => !isRemoved(definition, document)),
});

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
    ...manageReads(stored, definition),
    insert: (draft, origin) => {
      requireReferenced(stored, definition, (path) => getReferencedIds(draft, path));
      return assertRules(definition, stored.insert(toStoredDraft(definition, draft) as typeof draft, origin));
    },
    update: (document, change, conflictError) => {
      assertPresent(definition, document);
      requireReferenced(stored, definition, (path) => getAddedIds(change, path, document));
      return assertRules(definition, stored.update(document, toStoredChange(definition, change), conflictError));
    },
    updateWhere: (where, change, conflictError) => {
      requireReferenced(stored, definition, (path) => getAddedIds(change, path));
      stored.updateWhere(toStoredWhere(definition, where), toStoredChange(definition, change), conflictError);
    },
    require: (target: Stored | Where<Stored>, conflictError?: ApiError) => {
      if (isDocument(target)) return stored.require(target, conflictError);
      const where = toStoredWhere(definition, target);
      assertIndexed(definition, where);
      stored.requireOne(definition.name, where, conflictError ?? commonErrors.staleVersion());
    },
    ...(definition.softDelete ? softDelete : hardDelete)(stored, managed),
  };
  return complete as unknown as TenantCollection<D>;
};
