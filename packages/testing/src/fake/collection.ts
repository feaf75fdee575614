import {
  applyChange,
  assertChange,
  assertLimit,
  assertServed,
  assertTenant,
  type Change,
  type Clock,
  type CollectionDefinition,
  type Ctx,
  type Cursors,
  commonErrors,
  type Ids,
  type ListQuery,
  newDocument,
  type Page,
  type Position,
  planList,
  type Scoped,
  type WriteSets,
} from '@plinth/kernel';
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

type Place = CollectionParts & { readonly definition: CollectionDefinition<Stored>; readonly ctx: Ctx };
type Reads = 'get' | 'find' | 'getMany' | 'list';

const ownOf = ({ definition, ctx, state }: Place): Stored[] => {
  ctx.signal.throwIfAborted();
  assertInTime(ctx);
  const documents = [...(state.get(definition.name)?.values() ?? [])];
  return documents.filter(({ tenantId }) => tenantId === ctx.tenantId);
};

const list = async (place: Place, { where, sort, limit, cursor }: ListQuery<Stored>): Promise<Page<Stored>> => {
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
  const items = structuredClone(found.slice(0, limit));
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last ? cursors.encode(positionOf(last), scope) : null };
};

const readsOf = (place: Place): Pick<Scoped<Stored>, Reads> => ({
  get: async (id) => {
    const document = ownOf(place).find(({ _id }) => _id === id);
    if (!document) throw commonErrors.notFound();
    return structuredClone(document);
  },
  find: async (where) => {
    assertServed(place.definition, where);
    return structuredClone(ownOf(place).find((document) => matches(document, where as Filter)));
  },
  getMany: async (ids) => structuredClone(ownOf(place).filter(({ _id }) => ids.includes(_id))),
  list: (query) => list(place, query),
});

const writesOf = (place: Place): Omit<Scoped<Stored>, Reads> => {
  const { ctx, clock, ids, writeSets } = place;
  const definition = place.definition as CollectionDefinition;
  const isOwn = ({ tenantId }: Stored): boolean => tenantId === ctx.tenantId;
  const isVersionOf =
    ({ _id, version }: Stored) =>
    (stored: Stored): boolean =>
      isOwn(stored) && stored._id === _id && stored.version === version;
  const change = (isMeant: (document: Stored) => boolean, given: Change<Stored>, orElse: Error) => {
    assertChange(definition, given);
    const write = { change: given, now: clock.now() };
    writeSets.record(ctx, { kind: 'update', definition, isMeant, orElse, ...write });
    return write;
  };
  return {
    insert: (draft) => {
      const document = newDocument<Stored>(draft, { ctx, clock, ids });
      writeSets.record(ctx, { kind: 'insert', definition, document });
      return document;
    },
    update: (document, given) => {
      const write = change(isVersionOf(document), given, commonErrors.staleVersion());
      return applyChange(document, write.change, write.now);
    },
    updateWhere: (where, given, orElse) => {
      assertServed(definition, where);
      change((document) => isOwn(document) && matches(document, where as Filter), given, orElse);
    },
    remove: (document) => {
      const orElse = commonErrors.staleVersion();
      writeSets.record(ctx, { kind: 'remove', definition, isMeant: isVersionOf(document), orElse });
    },
  };
};

/** A collection in memory, seen from the tenant of a context. */
export const fakeCollection = (definition: CollectionDefinition<Stored>, parts: CollectionParts) => ({
  for: (ctx: Ctx): Scoped<Stored> => {
    assertTenant(definition, ctx);
    const place = { ...parts, definition, ctx };
    return { ...readsOf(place), ...writesOf(place) };
  },
});
