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
  findIncomingReferences,
  getReferencedIds,
  type Ids,
  keysExaminedMax,
  type ListQuery,
  type Mapper,
  manageCollection,
  type Page,
  type Position,
  planList,
  planSummary,
  type StoredCollection,
  type TenantCollection,
  toChangeTime,
  type UntypedDefinition,
  type WriteSets,
} from '@plinth/data-kit';
import type { Documents } from './commit.ts';
import { compare, type Filter, matches } from './compare.ts';
import { assertInTime } from './deadline.ts';
import { search } from './search.ts';
import { summarise } from './summarise.ts';
import type { Stored, Write } from './write-set.ts';

export type CollectionDeps = {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly cursors: Cursors;
  readonly writeSets: WriteSets<Write>;
  /** The collections of the module, which may refer to each other. */
  readonly definitions: readonly UntypedDefinition[];
  /** The committed documents, by collection and id. */
  readonly state: ReadonlyMap<string, Documents>;
};

type TenantDeps = CollectionDeps & {
  readonly definition: CollectionDefinition<Stored>;
  readonly ctx: Ctx;
  readonly journal: ReturnType<typeof createJournalChanges>;
};
type Reads = 'get' | 'find' | 'getMany' | 'list' | 'search' | 'summarise';

const listOwn = ({ definition, ctx, state }: TenantDeps): Stored[] => {
  ctx.signal.throwIfAborted();
  assertInTime(ctx);
  const documents = [...(state.get(definition.name)?.values() ?? [])];
  return documents.filter(({ tenantId }) => tenantId === ctx.tenantId);
};

type AnyMapper = Mapper<Stored, unknown>;

/** Returns a page as the adapter does: with a second range, it ends after `keysExaminedMax` keys of the index. */
const list = async (deps: TenantDeps, query: ListQuery<Stored>, mapper?: AnyMapper): Promise<Page<unknown>> => {
  const { where, sort, limit, cursor } = query;
  assertLimit(limit);
  const { definition, ctx, cursors } = deps;
  const { field, descending, skippedBy } = planList(definition, { where, sort });
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
  const isIncluded = (document: Stored, filter: Filter): boolean =>
    matches(document, filter) && (!after || order(toPosition(document), after) > 0);
  const withoutSecondRange = Object.fromEntries(Object.entries(where).filter(([name]) => name !== skippedBy));
  const following = listOwn(deps)
    .filter((document) => isIncluded(document, withoutSecondRange))
    .sort((left, right) => order(toPosition(left), toPosition(right)));
  const examined = skippedBy === undefined ? following : following.slice(0, keysExaminedMax);
  const found = examined.filter((document) => matches(document, where as Filter));
  const documents = structuredClone(found.slice(0, limit));
  const isCut = skippedBy !== undefined && examined.length === keysExaminedMax;
  const lastExamined = isCut ? examined.at(-1) : undefined;
  const last = found.length > limit ? documents.at(-1) : lastExamined;
  const items = mapper ? documents.map(mapper) : documents;
  return { items, nextCursor: last ? cursors.encode(toPosition(last), scope) : null };
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
  search: async ({ words, where, limit }) => {
    const found = listOwn(deps).filter((document) => matches(document, where as Filter));
    return structuredClone(search(found, deps.definition.search, words).slice(0, limit));
  },
  summarise: async (query) => {
    planSummary(deps.definition, query);
    return summarise(
      listOwn(deps).filter((document) => matches(document, query.where as Filter)),
      query,
    );
  },
  list: <T>(query: ListQuery<Stored>, mapper?: Mapper<Stored, T>) => list(deps, query, mapper) as Promise<Page<T>>,
});

const createWrites = (deps: TenantDeps): Omit<StoredCollection<Stored>, Reads> => {
  const { ctx, clock, ids, writeSets, journal } = deps;
  const definition = deps.definition as CollectionDefinition;
  const isOwn = ({ tenantId }: Stored): boolean => tenantId === ctx.tenantId;
  const matchesVersion =
    ({ _id, version }: Stored) =>
    (stored: Stored): boolean =>
      isOwn(stored) && stored._id === _id && stored.version === version;
  const matchesWhere =
    (where: object) =>
    (stored: Stored): boolean =>
      isOwn(stored) && matches(stored, where as Filter);
  return {
    insert: (draft, origin) => {
      const document = createDocument<Stored>(draft, { ctx, clock, ids, origin });
      writeSets.record(ctx, { kind: 'insert', definition, document }, journal.inserted(document));
      writeSets.revise(ctx, definition, { after: document });
      return document;
    },
    update: (document, change, conflictError = commonErrors.staleVersion()) => {
      assertChange(definition, change);
      const now = toChangeTime(definition, document, clock.now());
      const changed = applyChange(document, change, now);
      const write = { isTarget: matchesVersion(document), change, now, conflictError };
      writeSets.record(ctx, { kind: 'update', definition, ...write }, journal.updated(document, changed, change));
      writeSets.revise(ctx, definition, { before: document, after: changed });
      return changed;
    },
    updateWhere: (where, change, conflictError) => {
      assertIndexed(definition, where);
      assertChange(definition, change);
      const write = { isTarget: matchesWhere(where), change, now: clock.now(), conflictError };
      writeSets.record(ctx, { kind: 'update', definition, ...write }, journal.changedWhere(where, change));
    },
    require: (document, conflictError = commonErrors.staleVersion()) => {
      const write: Write = { kind: 'require', definition, isTarget: matchesVersion(document), conflictError };
      writeSets.require(ctx, definition.name, [write]);
    },
    requireOne: (name, where, conflictError) =>
      writeSets.require(ctx, name, [
        { kind: 'require', definition: { name }, isTarget: matchesWhere(where), conflictError },
      ]),
    requireNone: (name, values, conflictError) => {
      const isTarget = (document: Stored): boolean =>
        isOwn(document) &&
        Object.entries(values).every(([path, value]) =>
          [document[path], ...getReferencedIds(document, path)].includes(value),
        );
      writeSets.require(ctx, name, [{ kind: 'absent', definition: { name }, isTarget, conflictError }]);
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
  const incoming = findIncomingReferences(deps.definitions, definition);
  return {
    for: (ctx: Ctx): TenantCollection<Stored> => {
      assertTenant(definition, ctx);
      const tenantDeps = { ...deps, definition, ctx, journal };
      const stored = { ...createReads(tenantDeps), ...createWrites(tenantDeps) };
      return manageCollection<Stored>(stored, { definition, clock: deps.clock, incoming });
    },
  };
};
