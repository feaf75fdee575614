import { commonErrors } from '@plinth/contract-kit';
import {
  applyChange,
  assertChange,
  assertIndexed,
  assertLimit,
  assertTenant,
  type Clock,
  type CollectionDefinition,
  type Ctx,
  type Cursors,
  createDocument,
  createJournalChanges,
  type Ids,
  type ListQuery,
  type Mapper,
  manageCollection,
  type Page,
  type Position,
  planList,
  type StoredCollection,
  type TenantCollection,
  type WriteSets,
} from '@plinth/data-kit';
import type { Documents } from './commit.ts';
import { compare, type Filter, matches } from './compare.ts';
import { assertInTime } from './deadline.ts';
import type { Stored, Write } from './write-set.ts';

export type CollectionParts = {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly cursors: Cursors;
  readonly writeSets: WriteSets<Write>;
  /** What is committed, by collection and id. */
  readonly state: ReadonlyMap<string, Documents>;
};

type Place = CollectionParts & {
  readonly definition: CollectionDefinition<Stored>;
  readonly ctx: Ctx;
  readonly journal: ReturnType<typeof createJournalChanges>;
};
type Reads = 'get' | 'find' | 'getMany' | 'list';

const ownOf = ({ definition, ctx, state }: Place): Stored[] => {
  ctx.signal.throwIfAborted();
  assertInTime(ctx);
  const documents = [...(state.get(definition.name)?.values() ?? [])];
  return documents.filter(({ tenantId }) => tenantId === ctx.tenantId);
};

type AnyMapper = Mapper<Stored, unknown>;

const list = async (place: Place, query: ListQuery<Stored>, as?: AnyMapper): Promise<Page<unknown>> => {
  const { where, sort, limit, cursor } = query;
  assertLimit(limit);
  const { definition, ctx, cursors } = place;
  const { field, descending } = planList(definition, { where, sort });
  const scope = { collection: definition.name, tenantId: ctx.tenantId, where, sort };
  const after = cursor === undefined ? undefined : cursors.decode(cursor, scope);
  const direction = descending ? -1 : 1;
  const order = (left: Position, right: Position): number =>
    direction * (compare(left.value, right.value) || compare(left.id, right.id));
  // A document without the sorted field stands at null, which is not a value that a filter could name.
  const positionOf = (document: Stored): Position => ({
    value: (document[field] ?? null) as Position['value'],
    id: document._id,
  });
  const found = ownOf(place)
    .filter((document) => matches(document, where as Filter) && (!after || order(positionOf(document), after) > 0))
    .sort((left, right) => order(positionOf(left), positionOf(right)));
  const documents = structuredClone(found.slice(0, limit));
  const last = documents.at(-1);
  const items = as ? documents.map(as) : documents;
  return { items, nextCursor: found.length > limit && last ? cursors.encode(positionOf(last), scope) : null };
};

const readsOf = (place: Place): Pick<StoredCollection<Stored>, Reads> => ({
  get: async (id) => {
    const document = ownOf(place).find(({ _id }) => _id === id);
    if (!document) throw commonErrors.notFound();
    return structuredClone(document);
  },
  find: async (where) => {
    assertIndexed(place.definition, where);
    return structuredClone(ownOf(place).find((document) => matches(document, where as Filter)));
  },
  getMany: async (ids) => structuredClone(ownOf(place).filter(({ _id }) => ids.includes(_id))),
  list: <T>(query: ListQuery<Stored>, as?: Mapper<Stored, T>) => list(place, query, as) as Promise<Page<T>>,
});

const writesOf = (place: Place): Omit<StoredCollection<Stored>, Reads> => {
  const { ctx, clock, ids, writeSets, journal } = place;
  const definition = place.definition as CollectionDefinition;
  const isOwn = ({ tenantId }: Stored): boolean => tenantId === ctx.tenantId;
  const isVersionOf =
    ({ _id, version }: Stored) =>
    (stored: Stored): boolean =>
      isOwn(stored) && stored._id === _id && stored.version === version;
  return {
    insert: (draft) => {
      const document = createDocument<Stored>(draft, { ctx, clock, ids });
      writeSets.record(ctx, { kind: 'insert', definition, document }, journal.inserted(document));
      return document;
    },
    update: (document, given, conflictError = commonErrors.staleVersion()) => {
      assertChange(definition, given);
      const now = clock.now();
      const changed = applyChange(document, given, now);
      const write = { isMeant: isVersionOf(document), change: given, now, conflictError };
      writeSets.record(ctx, { kind: 'update', definition, ...write }, journal.updated(document, changed, given));
      return changed;
    },
    updateWhere: (where, given, conflictError) => {
      assertIndexed(definition, where);
      assertChange(definition, given);
      const isMeant = (document: Stored) => isOwn(document) && matches(document, where as Filter);
      const write = { isMeant, change: given, now: clock.now(), conflictError };
      writeSets.record(ctx, { kind: 'update', definition, ...write }, journal.changedWhere(where, given));
    },
    remove: (document) => {
      const conflictError = commonErrors.staleVersion();
      const write = { isMeant: isVersionOf(document), conflictError };
      writeSets.record(ctx, { kind: 'remove', definition, ...write }, journal.removed(document));
    },
  };
};

/** A collection in memory, seen from the tenant of a context. */
export const fakeCollection = (definition: CollectionDefinition<Stored>, parts: CollectionParts) => {
  const journal = createJournalChanges(definition as CollectionDefinition);
  return {
    for: (ctx: Ctx): TenantCollection<Stored> => {
      assertTenant(definition, ctx);
      const place = { ...parts, definition, ctx, journal };
      const stored = { ...readsOf(place), ...writesOf(place) };
      return manageCollection<Stored>(stored, { definition, clock: parts.clock });
    },
  };
};
