import { commonErrors } from '@plinth/contract-kit';
import {
  applyChange,
  assertChange,
  assertIndexed,
  assertLimit,
  assertTenant,
  type CollectionDefinition,
  type Ctx,
  type Cursors,
  createDocument,
  createJournalChanges,
  type Entity,
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
import type { Document } from 'mongodb';
import { toRequirement, toUpdate, type Write } from '../commit/write.ts';
import { find, type ReadDeps } from '../reads/find.ts';
import { toBounds, toOrder } from '../reads/index-bounds.ts';
import { pointsMax, type ReadById } from '../reads/point-reads.ts';

export type CollectionDeps = ReadDeps & {
  readonly ids: Ids;
  readonly cursors: Cursors;
  readonly writeSets: WriteSets<Write>;
  readonly readById: ReadById;
};

type Where = Readonly<Record<string, unknown>>;

/** A collection in the scope of one tenant, with the dependencies of its operations. */
type Scope<D extends Entity> = CollectionDeps & {
  readonly definition: CollectionDefinition<D>;
  readonly journal: ReturnType<typeof createJournalChanges>;
  readonly ctx: Ctx;
  /** Tenant scoping: part of every filter below. */
  readonly tenant: { readonly tenantId: string };
};

type Find<D extends Entity> = (command: Document) => Promise<D[]>;

const createFind =
  <D extends Entity>(scope: Scope<D>): Find<D> =>
  async (command) =>
    (await find({ find: scope.definition.name, ...command }, { ...scope, endsWithCaller: true })) as unknown as D[];

const createReads = <D extends Entity>(scope: Scope<D>, findDocuments: Find<D>) => {
  const { definition, ctx, tenant } = scope;
  const readById = (id: string) =>
    scope.readById(definition.name, id, ctx) as Promise<unknown> as Promise<D | undefined>;
  return {
    get: async (id: string): Promise<D> => {
      // A query operator instead of an id must not become part of the filter.
      const document = typeof id === 'string' ? await readById(id) : undefined;
      if (!document) throw commonErrors.notFound();
      return document;
    },
    find: async (where: Where): Promise<D | undefined> => {
      assertIndexed(definition, where);
      const [document] = await findDocuments({ filter: { ...where, ...tenant }, limit: 1 });
      return document;
    },
    getMany: async (ids: readonly string[]): Promise<D[]> => {
      const unique = [...new Set(ids)].filter((id) => typeof id === 'string');
      if (unique.length <= pointsMax) {
        return (await Promise.all(unique.map(readById))).filter((document) => document !== undefined);
      }
      const filter = { _id: { $in: unique }, ...tenant };
      return findDocuments({ filter, limit: unique.length, batchSize: unique.length });
    },
  };
};

const createList =
  <D extends Entity>({ definition, ctx, tenant, cursors }: Scope<D>, findDocuments: Find<D>) =>
  async <T = D>(
    { where, sort, limit, cursor }: ListQuery<D>,
    mapper: Mapper<D, T> = (document) => document as unknown as T,
  ): Promise<Page<T>> => {
    assertLimit(limit);
    const plan = planList(definition, { where, sort });
    const toPosition = (document: D): Position => ({
      value: (document[plan.field as keyof D] ?? null) as Position['value'],
      id: document._id,
    });
    const cursorScope = { collection: definition.name, tenantId: ctx.tenantId, where, sort };
    const after = cursor === undefined ? undefined : cursors.decode(cursor, cursorScope);
    const found = await findDocuments({
      filter: { ...where, ...tenant },
      hint: plan.index,
      ...(!plan.single && { ...toBounds(plan, { ...tenant, where, after }), sort: toOrder(plan) }),
      // One extra document shows whether another page exists.
      limit: limit + 1,
      batchSize: limit + 1,
    });
    const documents = found.slice(0, limit);
    const last = found.length > limit ? documents.at(-1) : undefined;
    return {
      items: documents.map((document) => mapper(document)),
      nextCursor: last ? cursors.encode(toPosition(last), cursorScope) : null,
    };
  };

const createWrites = <D extends Entity>(
  scope: Scope<D>,
): Pick<StoredCollection<D>, 'insert' | 'update' | 'updateWhere' | 'require' | 'remove'> => {
  const { definition, ctx, tenant, clock, ids, writeSets, journal } = scope;
  const collection = definition.name;
  // `$eq` takes its operand literally, so a query operator instead of an id or a version matches nothing.
  const toIdFilter = ({ _id }: D) => ({ _id: { $eq: _id }, ...tenant });
  const toFilter = (document: D) => ({ ...toIdFilter(document), version: { $eq: document.version } });
  return {
    insert: (draft) => {
      const document = createDocument<D>(draft, { ctx, clock, ids });
      writeSets.record(ctx, { kind: 'insert', collection, document }, journal.inserted(document));
      return document;
    },
    update: (document, change, conflictError) => {
      assertChange(definition, change);
      const now = clock.now();
      const changed = applyChange(document, change, now);
      const write: Write = {
        kind: 'update',
        collection,
        filter: toFilter(document),
        update: toUpdate(change, now),
        conflictError,
      };
      writeSets.record(ctx, write, journal.updated(document, changed, change));
      return changed;
    },
    updateWhere: (where, change, conflictError) => {
      assertIndexed(definition, where);
      assertChange(definition, change);
      const filter = { ...where, ...tenant };
      const write: Write = { kind: 'update', collection, filter, update: toUpdate(change, clock.now()), conflictError };
      writeSets.record(ctx, write, journal.changedWhere(where, change));
    },
    require: (document, conflictError) => {
      const filter = { ...toIdFilter(document), version: document.version };
      writeSets.require(ctx, collection, toRequirement(collection, filter, conflictError));
    },
    remove: (document, conflictError) => {
      const write: Write = { kind: 'remove', collection, filter: toFilter(document), conflictError };
      writeSets.record(ctx, write, journal.removed(document));
    },
  };
};

/** Creates a collection of which each operation is scoped to a tenant. It offers no raw client and no aggregation. */
export const createCollection = <D extends Entity>(definition: CollectionDefinition<D>, deps: CollectionDeps) => {
  const journal = createJournalChanges(definition as CollectionDefinition<never>);
  return {
    for: (ctx: Ctx): TenantCollection<D> => {
      assertTenant(definition, ctx);
      const scope: Scope<D> = { ...deps, definition, journal, ctx, tenant: { tenantId: ctx.tenantId } };
      const findDocuments = createFind(scope);
      const stored: StoredCollection<D> = {
        ...createReads(scope, findDocuments),
        list: createList(scope, findDocuments),
        ...createWrites(scope),
      };
      return manageCollection(stored, { definition, clock: deps.clock });
    },
  };
};
