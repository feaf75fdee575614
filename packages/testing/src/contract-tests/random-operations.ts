import type { Change, Ctx, Draft } from '@plinth/data-kit';
import fc from 'fast-check';
import type { Thing } from './collections.ts';

/** One step of a unit of work. `pick` selects an earlier returned document of any tenant and version. */
export type Operation =
  | { readonly kind: 'insert'; readonly draft: Draft<Thing> }
  | { readonly kind: 'update'; readonly pick: number; readonly change: Change<Thing> }
  | { readonly kind: 'updateStock'; readonly pick: number; readonly stockMin: number; readonly change: Change<Thing> }
  | { readonly kind: 'renameByRank'; readonly rank: number; readonly name: string }
  | { readonly kind: 'require' | 'remove' | 'get' | 'getMany'; readonly pick: number }
  | { readonly kind: 'requireStock'; readonly pick: number; readonly stockMin: number }
  | { readonly kind: 'requireRank'; readonly rank: number }
  | { readonly kind: 'find'; readonly sku: string }
  | { readonly kind: 'search'; readonly text: string }
  | { readonly kind: 'summarise'; readonly hasGroups: boolean }
  | {
      readonly kind: 'list';
      readonly sort: (typeof sorts)[number];
      readonly limit: number;
      readonly filter: 'none' | 'group' | 'range' | 'in' | 'tag';
    }
  | { readonly kind: 'fail' };

/** A unit of work of one of two tenants. */
export type Unit = { readonly tenant: 0 | 1; readonly operations: readonly Operation[]; readonly waitMs: number };

const sorts = [
  'createdAt',
  '-createdAt',
  'rank',
  '-rank',
  'name',
  '-name',
  'active',
  '-active',
  'due',
  '-due',
  '_id',
  '-_id',
] as const;

// Small domains, so that values collide and conditions fail, but most units commit.
const skus = fc.constantFrom('a', 'b', 'c', 'd', 'A', '', '\u00e9', 'e\u0301', '\0', '\u{1F600}');
const ranks = fc.constantFrom(-1.5, 0, 1, 2 ** 31);
const names = fc.constantFrom('', 'a', 'B', '\0', '\uFFFD', '\u{1F600}');
const dues = fc.constantFrom(new Date(-1), new Date(0), new Date(1_700_000_000_001));
const groups = fc.constantFrom('alpha' as const, 'beta' as const);
const steps = fc.constantFrom(-1, 1, 2, 2 ** 31);
const picks = fc.nat(40);

const record = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }, requiredKeys: (keyof T & string)[]) =>
  fc.record(fields, { requiredKeys: requiredKeys as never[], noNullPrototype: true });

const parts = record({ code: fc.constantFrom('x', 'y'), count: fc.constantFrom(0, 1) }, ['code']);

const drafts = record(
  {
    sku: skus,
    group: groups,
    rank: ranks,
    stock: fc.oneof({ weight: 30, arbitrary: fc.integer({ min: 2, max: 9 }) }, fc.constantFrom(-1, 0, 1)),
    name: names,
    active: fc.boolean(),
    tags: fc.array(fc.constantFrom('x', 'y'), { maxLength: 4 }),
    seenAt: fc.array(dues, { maxLength: 4 }),
    parts: fc.array(parts, { maxLength: 4 }),
    due: dues,
    note: names,
    count: steps,
    size: record({ width: ranks, depth: ranks }, ['width']),
  },
  ['sku', 'group', 'rank', 'stock', 'name', 'active', 'tags'],
) as fc.Arbitrary<Draft<Thing>>;

const changes = record(
  {
    $set: record({ sku: skus, group: groups, rank: ranks, name: names, due: dues }, []),
    $inc: record({ stock: steps, count: steps }, []),
    $unset: record({ note: fc.constant(true as const), size: fc.constant(true as const) }, []),
    $push: record({ tags: fc.constantFrom('x', 'y') }, []),
    $addToSet: record({ seenAt: dues }, []),
    $pull: record({ parts: fc.oneof(parts, record({ count: fc.constantFrom(0, 1) }, ['count'])) }, []),
  },
  [],
) as fc.Arbitrary<Change<Thing>>;

const kind = <K extends string>(name: K) => fc.constant(name);

const operations: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: kind('insert'), draft: drafts }) },
  { weight: 4, arbitrary: fc.record({ kind: kind('update'), pick: picks, change: changes }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('updateStock'), pick: picks, stockMin: fc.nat(1), change: changes }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('renameByRank'), rank: ranks, name: names }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('require'), pick: picks }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('requireStock'), pick: picks, stockMin: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('requireRank'), rank: ranks }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('remove' as const, 'get' as const, 'getMany' as const), pick: picks }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('find'), sku: skus }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('search'), text: fc.constantFrom('a', 'b A', '-a', '"a b"', 'c') }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('summarise'), hasGroups: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('list'),
      sort: fc.constantFrom(...sorts),
      limit: fc.integer({ min: 1, max: 4 }),
      filter: fc.constantFrom('none' as const, 'group' as const, 'range' as const, 'in' as const, 'tag' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('fail') }) },
);

/** Creates lists of at most `size` units. */
export const unitLists = (size: number): fc.Arbitrary<Unit[]> =>
  fc.array(
    fc.record({
      tenant: fc.constantFrom(0 as const, 1 as const),
      operations: fc.array(operations, { minLength: 1, maxLength: 3, size: 'max' }),
      waitMs: fc.nat(2),
    }),
    { minLength: 1, maxLength: size, size: 'max' },
  );

/** The contexts of the two tenants. */
export type Tenants = readonly [Ctx, Ctx];
