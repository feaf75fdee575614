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

export type CollectionDeps = {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly cursors: Cursors;
  readonly writeSets: WriteSets<Write>;
  /** The committed documents, by collection and id. */
  readonly state: ReadonlyMap<string, Documents>;
};

type TenantDeps = CollectionDeps & {
  readonly definition: CollectionDefinition<Stored>;
  readonly ctx: Ctx;
  readonly journal: ReturnType<typeof createJournalChanges>;
};
type Reads = 'get' | 'find' | 'getMany' | 'list';

const listOwn = ({ definition, ctx, state }: TenantDeps): Stored[] => {
  ctx.signal.throwIfAborted();
  assertInTime(ctx);
  const documents = [...(state.get(definition.name)?.values() ?? [])];
  return documents.filter(({ tenantId }) => tenantId === ctx.tenantId);
};

type AnyMapper = Mapper<Stored, unknown>;

const list = async (deps: TenantDeps, query: ListQuery<Stored>, as?: AnyMapper): Promise<Page<unknown>> => {
  const { where, sort, limit, cursor } = query;
  assertLimit(limit);
  const { definition, ctx, cursors } = deps;
  const { field, descending } = planList(definition, { where, sort });
  const scope = { collection: definition.name, tenantId: ctx.tenantId, where, sort };
  const after = cursor === undefined ? undefined : cursors.decode(cursor, scope);
  const direction = descending ? -1 : 1;
  const order = (left: Position, right: Position): number =>
    direction * (compare(left.value, right.value) || compare(left.id, right.id));
  // A document without the sorted field has the position null, which no filter can name.
  const toPosition = (document: Stored): Position => ({
    value: (document[field] ?? null) as Position['value'],
    id: document._id,
  });
  const found = listOwn(deps)
    .filter((document) => matches(document, where as Filter) && (!after || order(toPosition(document), after) > 0))
    .sort((left, right) => order(toPosition(left), toPosition(right)));
  const documents = structuredClone(found.slice(0, limit));
  const last = documents.at(-1);
  const items = as ? documents.map(as) : documents;
  return { items, nextCursor: found.length > limit && last ? cursors.encode(toPosition(last), scope) : null };
};

const createReads = (deps: TenantDeps): Pick<StoredCollection<Stored>, Reads> => ({
  get: async (id) => {
    const document = listOwn(deps).find(({ _id }) => _id === id);
    if (!document) throw commonErrors.notFound();
    return structuredClone(document);
  },
  find: async (where) => {
    assertIndexed(deps.definition, where);
    return structuredClone(listOwn(deps).find((document) => matches(document, where as Filter)));
  },
  getMany: async (ids) => structuredClone(listOwn(deps).filter(({ _id }) => ids.includes(_id))),
  list: <T>(query: ListQuery<Stored>, as?: Mapper<Stored, T>) => list(deps, query, as) as Promise<Page<T>>,
});

const createWrites = (deps: TenantDeps): Omit<StoredCollection<Stored>, Reads> => {
  const { ctx, clock, ids, writeSets, journal } = deps;
  const definition = deps.definition as CollectionDefinition;
  const isOwn = ({ tenantId }: Stored): boolean => tenantId === ctx.tenantId;
  const matchesVersion =
    ({ _id, version }: Stored) =>
    (stored: Stored): boolean =>
      isOwn(stored) && stored._id === _id && stored.version === version;
  return {
    insert: (draft) => {
      const document = createDocument<Stored>(draft, { ctx, clock, ids });
      writeSets.record(ctx, { kind: 'insert', definition, document }, journal.inserted(document));
      return document;
    },
    update: (document, change, conflictError = commonErrors.staleVersion()) => {
      assertChange(definition, change);
      const now = clock.now();
      const changed = applyChange(document, change, now);
      const write = { isTarget: matchesVersion(document), change, now, conflictError };
      writeSets.record(ctx, { kind: 'update', definition, ...write }, journal.updated(document, changed, change));
      return changed;
    },
    updateWhere: (where, change, conflictError) => {
      assertIndexed(definition, where);
      assertChange(definition, change);
      const isTarget = (document: Stored) => isOwn(document) && matches(document, where as Filter);
      const write = { isTarget, change, now: clock.now(), conflictError };
      writeSets.record(ctx, { kind: 'update', definition, ...write }, journal.changedWhere(where, change));
    },
    require: (document, conflictError = commonErrors.staleVersion()) => {
      const write: Write = { kind: 'require', definition, isTarget: matchesVersion(document), conflictError };
      writeSets.require(ctx, definition.name, [write]);
    },
    remove: (document, conflictError = commonErrors.staleVersion()) => {
      const write = { isTarget: matchesVersion(document), conflictError };
      writeSets.record(ctx, { kind: 'remove', definition, ...write }, journal.removed(document));
    },
  };
};

/** Creates a collection in memory that is scoped to the tenant of a context. */
export const fakeCollection = (definition: CollectionDefinition<Stored>, deps: CollectionDeps) => {
  const journal = createJournalChanges(definition as CollectionDefinition);
  return {
    for: (ctx: Ctx): TenantCollection<Stored> => {
      assertTenant(definition, ctx);
      const tenantDeps = { ...deps, definition, ctx, journal };
      const stored = { ...createReads(tenantDeps), ...createWrites(tenantDeps) };
      return manageCollection<Stored>(stored, { definition, clock: deps.clock });
    },
  };
};
