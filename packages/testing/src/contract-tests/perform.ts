import type { Collection, Ctx, ListQuery, OperationsOf, TenantCollection, UnitOfWork } from '@plinth/data-kit';
import type { things as definition, Thing } from './collections.ts';
import { suiteErrors } from './fixture.ts';
import type { Operation, Tenants, Unit } from './random-operations.ts';

type Operations = OperationsOf<typeof definition>;
type Things = Pick<TenantCollection<Thing>, Operations>;

/** One of the two stores under comparison, with all documents that it has returned so far. */
export type Side = {
  readonly things: Collection<Thing, Operations>;
  readonly unitOfWork: UnitOfWork;
  readonly seen: Thing[];
};

const unknownId = '00000000-0000-7000-8000-000000000000';

const pickDocument = ({ seen }: Side, pick: number): Thing | undefined => seen[pick % Math.max(1, seen.length)];

const toQuery = ({ sort, filter }: Extract<Operation, { kind: 'list' }>): Pick<ListQuery<Thing>, 'where' | 'sort'> => {
  const field = sort.replace('-', '');
  if (filter === 'group' && field === 'rank') return { where: { group: 'alpha' }, sort };
  if (filter === 'tag' && field === 'createdAt') return { where: { tags: 'x' }, sort };
  if (filter === 'in' && field === 'rank') {
    return { where: { group: { $in: ['beta', 'alpha'] }, stock: { $gte: 2, $lt: 9 } }, sort };
  }
  if (filter === 'range' && field === 'rank') return { where: { rank: { $gt: -1.5, $lte: 1 } }, sort };
  if (filter === 'range' && field === 'name') return { where: { name: { $gte: 'B', $lt: '\u{1F600}' } }, sort };
  return { where: {}, sort };
};

const listPages = async (things: Things, operation: Extract<Operation, { kind: 'list' }>): Promise<Thing[][]> => {
  const pages: Thing[][] = [];
  let cursor: string | undefined;
  do {
    const page = await things.list({ ...toQuery(operation), limit: operation.limit, cursor });
    pages.push(page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && pages.length < 100);
  return pages;
};

const read = async (things: Things, operation: Operation, document: Thing | undefined): Promise<unknown> => {
  const _id = document?._id ?? unknownId;
  if (operation.kind === 'get') return things.get(_id);
  if (operation.kind === 'getMany') return things.getMany([_id, unknownId, _id]);
  if (operation.kind === 'find') return things.find({ sku: operation.sku });
  if (operation.kind === 'search') return things.search({ text: operation.text, limit: 3 });
  if (operation.kind === 'summarise') {
    const query = { where: { rank: { $gte: 0 } }, byDay: 'due', sum: ['stock', 'count'], groupsMax: 9 } as const;
    return things.summarise(operation.hasGroups ? { ...query, by: 'name' } : query, suiteErrors.soldOut());
  }
  if (operation.kind === 'list') return listPages(things, operation);
  throw new Error('The work failed on purpose.');
};

const perform = (things: Things, operation: Operation, side: Side): unknown => {
  const document = 'pick' in operation ? pickDocument(side, operation.pick) : undefined;
  switch (operation.kind) {
    case 'insert':
      return things.insert(operation.draft);
    case 'update':
      return document && things.update(document, operation.change);
    case 'updateStock': {
      const where = { _id: document?._id ?? unknownId, stock: { $gte: operation.stockMin } };
      return things.updateWhere(where, operation.change, suiteErrors.soldOut());
    }
    case 'renameByRank':
      return things.updateWhere({ rank: operation.rank }, { $set: { name: operation.name } }, suiteErrors.soldOut());
    case 'require':
      return document && things.require(document);
    case 'requireStock': {
      const where = { _id: document?._id ?? unknownId, stock: { $gte: operation.stockMin } };
      return things.require(where, suiteErrors.soldOut());
    }
    case 'requireRank':
      return things.require({ rank: operation.rank }, suiteErrors.soldOut());
    case 'remove':
      return document && things.remove(document, operation.pick % 2 ? suiteErrors.soldOut() : undefined);
    default:
      return read(things, operation, document);
  }
};

const isThing = (value: unknown): value is Thing => typeof value === 'object' && value !== null && 'sku' in value;

/** Runs a unit on one side. @returns every result, and the name, code and message of an error. */
export const performUnit = async (
  unit: Unit,
  { side, tenants }: { side: Side; tenants: Tenants },
): Promise<unknown> => {
  const ctx: Ctx = { ...tenants[unit.tenant] };
  const results: unknown[] = [];
  try {
    const work = async () => {
      for (const operation of unit.operations) {
        results.push(await perform(side.things.for(ctx), operation, side));
      }
    };
    await side.unitOfWork.run(ctx, work, { operation: 'suite' });
    return { results };
  } catch (cause) {
    const { name, code, message } = cause as Error & { code?: unknown };
    return { results, failed: { name, code: code ?? null, ...(name === 'Error' && { message }) } };
  } finally {
    // Documents of a failed unit can be picked later: they were never stored, and writes to them must fail.
    side.seen.push(...results.flat(2).filter(isThing));
  }
};
