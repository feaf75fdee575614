import {
  assertLimit,
  type CollectionDefinition,
  type Ctx,
  type Cursors,
  type Entity,
  getIn,
  keysExaminedMax,
  type ListPlan,
  type ListQuery,
  type Mapper,
  type Page,
  type Position,
  planList,
} from '@plinth/data-kit';
import type { Document } from 'mongodb';
import { type PageScope, toBounds, toOrder } from './index-bounds.ts';
import { toBranches } from './index-filter.ts';

type FindDocuments<D> = (command: Document) => Promise<D[]>;

type ListScope<D extends Entity> = {
  readonly definition: CollectionDefinition<D>;
  readonly ctx: Ctx;
  readonly cursors: Cursors;
};

/** The documents of a page and one more if the list continues, or where an unfinished search for them ended. */
type Found<D> = { readonly documents: D[]; readonly end?: Position | undefined };

const toPosition = <D extends Entity>(document: D, { field }: ListPlan): Position => ({
  value: (document[field as keyof D] ?? null) as Position['value'],
  id: document._id,
});

type PageRead = { readonly plan: ListPlan; readonly page: PageScope; readonly limit: number };

/** Reads one interval of the index. */
const readInterval = async <D extends Entity>(
  { plan, page, limit }: PageRead,
  findDocuments: FindDocuments<D>,
): Promise<Found<D>> => ({
  documents: await findDocuments({
    filter: { ...page.where, tenantId: page.tenantId },
    hint: plan.index,
    ...(!plan.single && { ...toBounds(plan, page), sort: toOrder(plan) }),
    limit,
    batchSize: limit,
  }),
});

/** Merges several scans of the index, and examines at most `keysExaminedMax` keys when a second range skips some. */
const readBranches = async <D extends Entity>(
  { plan, page, limit }: PageRead,
  findDocuments: FindDocuments<D>,
): Promise<Found<D>> => {
  const { index, field, descending, inField, skippedBy } = plan;
  if (inField !== undefined && getIn(page.where, inField)?.length === 0) return { documents: [] };
  const direction = descending ? -1 : 1;
  const sort = field === '_id' ? { _id: direction } : { [field]: direction, _id: direction };
  const order = { hint: index, sort };
  if (skippedBy === undefined) {
    return { documents: await findDocuments({ ...order, filter: toBranches(plan, page), limit, batchSize: limit }) };
  }
  const skipped = { [skippedBy]: page.where[skippedBy] };
  const search = async (keysMax: number): Promise<Found<D>> => {
    const keys = { ...order, filter: toBranches(plan, page), projection: { [field]: 1 } };
    const [last] = await findDocuments({ ...keys, skip: keysMax - 1, limit: 1 });
    const end = last && toPosition(last, plan);
    const filter = toBranches(plan, { ...page, end, skipped });
    return { documents: await findDocuments({ ...order, filter, limit, batchSize: limit }), end };
  };
  // Most pages are full after few keys.
  const found = await search(keysExaminedMax / 10);
  return found.documents.length === limit || !found.end ? found : search(keysExaminedMax);
};

/** Creates the lists of one tenant. */
export const createList =
  <D extends Entity>({ definition, ctx, cursors }: ListScope<D>, findDocuments: FindDocuments<D>) =>
  async <T = D>(
    { where, sort, limit, cursor }: ListQuery<D>,
    mapper: Mapper<D, T> = (document) => document as unknown as T,
  ): Promise<Page<T>> => {
    assertLimit(limit);
    const plan = planList(definition, { where, sort });
    const { tenantId } = ctx;
    const cursorScope = { collection: definition.name, tenantId, where, sort };
    const after = cursor === undefined ? undefined : cursors.decode(cursor, cursorScope);
    const read = plan.merged ? readBranches : readInterval;
    // One extra document shows whether another page exists.
    const { documents, end } = await read({ plan, page: { tenantId, where, after }, limit: limit + 1 }, findDocuments);
    const items = documents.slice(0, limit);
    const last = items.at(-1);
    const position = documents.length > limit && last ? toPosition(last, plan) : end;
    return {
      items: items.map((document) => mapper(document)),
      nextCursor: position ? cursors.encode(position, cursorScope) : null,
    };
  };
