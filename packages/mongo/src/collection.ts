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
  unreadPage,
  type WriteSets,
} from '@plinth/data-kit';
import type { Db, Document } from 'mongodb';
import { boundsOf, orderOf } from './bounds.ts';
import { findRaw, readerOf } from './find.ts';
import { pageWriterOf } from './page-writer.ts';
import { type PointReads, pointsMax } from './point-reads.ts';
import type { Primary } from './primary.ts';
import { toUpdate, type Write } from './write-set.ts';

export type CollectionParts = {
  readonly db: Db;
  readonly clock: Clock;
  readonly primary: Primary;
  readonly ids: Ids;
  readonly cursors: Cursors;
  readonly writeSets: WriteSets<Write>;
  readonly points: PointReads;
};

type Where = Readonly<Record<string, unknown>>;
type Place<D extends Entity> = CollectionParts & {
  readonly definition: CollectionDefinition<D>;
  readonly journal: ReturnType<typeof createJournalChanges>;
  readonly ctx: Ctx;
  /** The wall: every filter below begins with it. */
  readonly tenant: { readonly tenantId: string };
};

/** What makes documents of bytes. */
const documentOf = <D extends Entity>({ name }: CollectionDefinition<D>) =>
  readerOf(name) as (bytes: Buffer) => unknown as (bytes: Buffer) => D;

const readsOf = <D extends Entity>({ definition, ctx, tenant, db, clock, primary, points }: Place<D>) => {
  const point = (id: string) => points.read(definition.name, id, ctx) as Promise<unknown> as Promise<D | undefined>;
  const readRaw = (command: Document) =>
    findRaw({ find: definition.name, ...command }, { db, ctx, clock, primary, endsWithCaller: true });
  const read = async (command: Document) => (await readRaw(command)).map(documentOf<D>(definition));
  return {
    get: async (id: string): Promise<D> => {
      // An operator that came in the place of an id must not become part of the filter.
      const document = typeof id === 'string' ? await point(id) : undefined;
      if (!document) throw commonErrors.notFound();
      return document;
    },
    find: async (where: Where): Promise<D | undefined> => {
      assertIndexed(definition, where);
      const [document] = await read({ filter: { ...where, ...tenant }, limit: 1 });
      return document;
    },
    getMany: async (ids: readonly string[]): Promise<D[]> => {
      const wanted = [...new Set(ids)].filter((id) => typeof id === 'string');
      if (wanted.length > pointsMax) {
        return read({ filter: { _id: { $in: wanted }, ...tenant }, limit: wanted.length, batchSize: wanted.length });
      }
      return (await Promise.all(wanted.map(point))).filter((document) => document !== undefined);
    },
    readRaw,
  };
};

type ReadRaw = ReturnType<typeof readsOf>['readRaw'];

const listOf =
  <D extends Entity>({ definition, ctx, tenant, cursors }: Place<D>, readRaw: ReadRaw) =>
  async <T = D>({ where, sort, limit, cursor }: ListQuery<D>, as?: Mapper<D, T>): Promise<Page<T>> => {
    assertLimit(limit);
    const plan = planList(definition, { where, sort });
    const scope = { collection: definition.name, tenantId: ctx.tenantId, where, sort };
    const after = cursor === undefined ? undefined : cursors.decode(cursor, scope);
    const found = await readRaw({
      filter: { ...where, ...tenant },
      hint: plan.index,
      ...(!plan.single && { ...boundsOf(plan, { ...tenant, where, after }), sort: orderOf(plan) }),
      limit: limit + 1,
      batchSize: limit + 1,
    });
    const isLast = found.length <= limit;
    const stored = isLast ? found : found.slice(0, limit);
    const read = documentOf<D>(definition);
    const positionOf = (last: D): Position => ({
      value: (last[plan.field as keyof D] ?? null) as Position['value'],
      id: last._id,
    });
    const nextCursor = isLast ? null : cursors.encode(positionOf(read(stored.at(-1) as Buffer)), scope);
    if (!as) return { items: stored.map(read) as unknown as T[], nextCursor };
    return unreadPage({
      nextCursor,
      fields: as.fields,
      items: () => stored.map((bytes) => as(read(bytes))),
      json: () => pageWriterOf(as.fields)(stored, nextCursor),
    });
  };

const writesOf = <D extends Entity>(
  place: Place<D>,
): Pick<StoredCollection<D>, 'insert' | 'update' | 'updateWhere' | 'remove'> => {
  const { definition, ctx, tenant, clock, ids, writeSets, journal } = place;
  const collection = definition.name;
  // `$eq` takes its operand as it is, so an operator in the place of an id or a version matches nothing.
  const exactly = ({ _id, version }: D) => ({ _id: { $eq: _id }, version: { $eq: version }, ...tenant });
  return {
    insert: (draft) => {
      const document = createDocument<D>(draft, { ctx, clock, ids });
      // A copy, so that what the action does to its answer does not reach the database.
      const write: Write = { kind: 'insert', collection, document: { ...document } };
      writeSets.record(ctx, write, journal.inserted(document));
      return document;
    },
    update: (document, change, conflictError) => {
      assertChange(definition, change);
      const now = clock.now();
      const changed = applyChange(document, change, now);
      const filter = exactly(document);
      const write: Write = { kind: 'update', collection, filter, update: toUpdate(change, now), conflictError };
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
    remove: (document) => {
      const filter = exactly(document);
      const write: Write = { kind: 'remove', collection, filter };
      writeSets.record(ctx, write, journal.removed(document));
    },
  };
};

/** Makes the one way to a collection. There is no other: no raw client, no aggregate, no query without a tenant. */
export const createCollection = <D extends Entity>(definition: CollectionDefinition<D>, parts: CollectionParts) => {
  const journal = createJournalChanges(definition as CollectionDefinition<never>);
  return {
    for: (ctx: Ctx): TenantCollection<D> => {
      assertTenant(definition, ctx);
      const place: Place<D> = { ...parts, definition, journal, ctx, tenant: { tenantId: ctx.tenantId } };
      const { readRaw, ...reads } = readsOf(place);
      const stored: StoredCollection<D> = { ...reads, list: listOf(place, readRaw), ...writesOf(place) };
      return manageCollection(stored, { definition, clock: parts.clock });
    },
  };
};
