import { commonErrors } from '@plinth/contract-kit';
import {
  applyChange,
  assertChange,
  assertIndexed,
  assertTenant,
  type CollectionDefinition,
  type Ctx,
  type Cursors,
  createDocument,
  createJournalChanges,
  type Entity,
  findIncomingReferences,
  type Ids,
  manageCollection,
  type StoredCollection,
  type StoredSearchQuery,
  type TenantCollection,
  toChangeTime,
  type UntypedDefinition,
  type WriteSets,
} from '@plinth/data-kit';
import type { Document } from 'mongodb';
import { toRequirement, toUpdate, type Write } from '../commit/write.ts';
import { find, type ReadDeps } from '../reads/find.ts';
import { createList } from '../reads/list.ts';
import { pointsMax, type ReadById } from '../reads/point-reads.ts';
import { createSummarise } from '../reads/summarise.ts';

export type CollectionDeps = ReadDeps & {
  readonly ids: Ids;
  readonly cursors: Cursors;
  readonly writeSets: WriteSets<Write>;
  readonly readById: ReadById;
  /** The collections of the module, which may refer to each other. */
  readonly definitions: readonly UntypedDefinition[];
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
    search: ({ words, where, limit }: StoredSearchQuery<D>): Promise<D[]> =>
      findDocuments({
        filter: { ...where, ...tenant, $text: { $search: words.join(' ') } },
        sort: { score: { $meta: 'textScore' }, _id: 1 },
        limit,
        batchSize: limit,
      }),
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

const createWrites = <D extends Entity>(
  scope: Scope<D>,
): Omit<StoredCollection<D>, 'get' | 'find' | 'getMany' | 'list' | 'search' | 'summarise'> => {
  const { definition, ctx, tenant, clock, ids, writeSets, journal } = scope;
  const collection = definition.name;
  // `$eq` takes its operand literally, so a query operator instead of an id or a version matches nothing.
  const toFilter = ({ _id, version }: D) => ({ _id: { $eq: _id }, ...tenant, version: { $eq: version } });
  return {
    insert: (draft, origin) => {
      const document = createDocument<D>(draft, { ctx, clock, ids, origin });
      writeSets.record(ctx, { kind: 'insert', collection, document }, journal.inserted(document));
      writeSets.revise(ctx, definition, { after: document });
      return document;
    },
    update: (document, change, conflictError) => {
      assertChange(definition, change);
      const now = toChangeTime(definition, document, clock.now());
      const changed = applyChange(document, change, now);
      const write: Write = {
        kind: 'update',
        collection,
        filter: toFilter(document),
        update: toUpdate(change, now),
        conflictError,
      };
      writeSets.record(ctx, write, journal.updated(document, changed, change));
      writeSets.revise(ctx, definition, { before: document, after: changed });
      return changed;
    },
    updateWhere: (where, change, conflictError) => {
      assertIndexed(definition, where);
      assertChange(definition, change);
      const filter = { ...where, ...tenant };
      const write: Write = { kind: 'update', collection, filter, update: toUpdate(change, clock.now()), conflictError };
      writeSets.record(ctx, write, journal.changedWhere(where, change));
    },
    require: (document, conflictError) =>
      writeSets.require(ctx, collection, toRequirement(collection, toFilter(document), conflictError)),
    requireOne: (name, where, conflictError) =>
      writeSets.require(ctx, name, toRequirement(name, { ...where, ...tenant }, conflictError)),
    requireNone: (name, values, conflictError) =>
      writeSets.require(ctx, name, [
        { kind: 'absent', collection: name, filter: { ...values, ...tenant }, conflictError },
      ]),
    remove: (document, conflictError) => {
      const write: Write = { kind: 'remove', collection, filter: toFilter(document), conflictError };
      writeSets.record(ctx, write, journal.removed(document));
    },
  };
};

/** Creates a collection whose operations are scoped to a tenant. It offers no raw client and no pipeline. */
export const createCollection = <D extends Entity>(definition: CollectionDefinition<D>, deps: CollectionDeps) => {
  const journal = createJournalChanges(definition as CollectionDefinition<never>);
  const incoming = findIncomingReferences(deps.definitions, definition);
  return {
    for: (ctx: Ctx): TenantCollection<D> => {
      assertTenant(definition, ctx);
      const scope: Scope<D> = { ...deps, definition, journal, ctx, tenant: { tenantId: ctx.tenantId } };
      const findDocuments = createFind(scope);
      const stored: StoredCollection<D> = {
        ...createReads(scope, findDocuments),
        list: createList(scope, findDocuments),
        summarise: createSummarise(scope),
        ...createWrites(scope),
      };
      return manageCollection(stored, { definition, clock: deps.clock, incoming });
    },
  };
};
