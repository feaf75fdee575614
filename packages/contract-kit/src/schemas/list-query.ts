import { z } from 'zod';

const rangeOperators = ['gt', 'gte', 'lt', 'lte'] as const;
type RangeOperator = (typeof rangeOperators)[number];

type Schemas = Readonly<Record<string, z.ZodType>>;

/** Filters that can be combined, and the sorts allowed with them. The first sort is the default. */
type Combination<Filter extends string, Field extends string> = {
  readonly where?: readonly Filter[];
  readonly sort: readonly [Field | `-${Field}`, ...(Field | `-${Field}`)[]];
};

type ListSpec<I extends z.ZodObject, F extends Schemas, R extends Schemas> = {
  /** The DTO of one item; its fields are those that `?fields=` may name. */
  readonly item: I;
  /** The fields that a caller may filter by equality. */
  readonly filters: F;
  /** The fields on which a caller may set bounds when sorting by them: `createdAt[gte]=…`. */
  readonly ranges: R;
  readonly combinations: readonly Combination<keyof F & string, keyof I['shape'] & string>[];
};

type FilterInput<F extends Schemas> = { readonly [K in keyof F]?: F[K]['_zod']['input'] };
type RangeInput<R extends Schemas> = {
  readonly [K in keyof R & string as `${K}[${RangeOperator}]`]?: R[K]['_zod']['input'];
};
type WhereOutput<F extends Schemas, R extends Schemas> = {
  readonly [K in keyof F]?: F[K]['_zod']['output'];
} & {
  readonly [K in keyof R]?: { readonly [O in RangeOperator as `$${O}`]?: R[K]['_zod']['output'] };
};

type SortOf<S> = S extends { readonly combinations: readonly { readonly sort: readonly (infer T)[] }[] } ? T : never;

/** A list query as sent in a URL: `?role=member&createdAt[gte]=…&sort=-createdAt&limit=20&cursor=…&fields=id,name`. */
export type ListInput<F extends Schemas, R extends Schemas, Sort> = FilterInput<F> &
  RangeInput<R> & { readonly sort?: Sort; readonly limit?: number; readonly cursor?: string; readonly fields?: string };

/** A list query as an action receives it. */
export type ListOutput<F extends Schemas, R extends Schemas, Sort> = {
  readonly where: WhereOutput<F, R>;
  readonly sort: Sort;
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly fields: readonly string[] | undefined;
};

type Flat = Readonly<Record<string, unknown>>;
type AnyCombination = Combination<string, string>;
type AnySpec = ListSpec<z.ZodObject, Schemas, Schemas>;

const toField = (sort: string): string => (sort.startsWith('-') ? sort.slice(1) : sort);

const toSentence = ({ where = [], sort }: AnyCombination): string =>
  `${where.length > 0 ? where.join(' + ') : 'no filter'} sorted by ${sort.join(' or ')}`;

const describe = (combinations: readonly AnyCombination[]): string =>
  `Supported: ${combinations.map(toSentence).join('; ')}. Bounds apply to the sorted field only.`;

const matchesFilters = ({ where = [] }: AnyCombination, used: readonly string[]): boolean =>
  where.length === used.length && where.every((name) => used.includes(name));

/** Splits the flat parameters into filters and bounds. */
const splitFilters = (flat: Flat, { filters, ranges }: { filters: Schemas; ranges: Schemas }) => {
  const equal = Object.keys(filters).filter((name) => flat[name] !== undefined);
  const where: Record<string, unknown> = Object.fromEntries(equal.map((name) => [name, flat[name]]));
  const ranged = Object.keys(ranges).filter((name) => {
    const bounds = rangeOperators.flatMap((operator) => {
      const value = flat[`${name}[${operator}]`];
      return value === undefined ? [] : [[`$${operator}`, value] as const];
    });
    if (bounds.length > 0) where[name] = Object.fromEntries(bounds);
    return bounds.length > 0;
  });
  return { where, equal, ranged };
};

// Number() would also accept `0x10`, `1e1` and `+5`.
const parseDecimal = (value: unknown): unknown =>
  typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;

const Limit = z
  .number({
    error: ({ code }) => (code === 'invalid_type' ? 'must be a whole number in decimal digits' : undefined),
  })
  .int()
  .min(1)
  .max(100)
  .default(20);

const createShape = ({ item, filters, ranges, combinations }: AnySpec) => {
  const sorts = [...new Set(combinations.flatMap(({ sort }) => sort))];
  const field = `(${Object.keys(item.shape).join('|')})`;
  return {
    ...Object.fromEntries(Object.entries(filters).map(([name, schema]) => [name, schema.optional()])),
    ...Object.fromEntries(
      Object.entries(ranges).flatMap(([name, schema]) =>
        rangeOperators.map((operator) => [`${name}[${operator}]`, schema.optional()]),
      ),
    ),
    sort: z.enum(sorts).optional().describe('The order; `-` before a field means descending.'),
    limit: z.preprocess(parseDecimal, Limit).describe('The maximum number of items of a page.'),
    cursor: z.string().min(1).max(2048).optional().describe('The `nextCursor` of the previous page.'),
    fields: z
      .string()
      .regex(new RegExp(`^${field}(,${field})*$`), `must name fields of ${Object.keys(item.shape).join(', ')}`)
      .optional()
      .describe('Only these fields of each item, separated by commas.'),
  };
};

/**
 * Declares the query of a list with the supported combinations of filters, bounds and sorts. Others are rejected with a
 * message that lists the supported ones, so no query without an index reaches the database.
 */
export const defineListQuery = <
  I extends z.ZodObject,
  const F extends Schemas,
  const R extends Schemas,
  const C extends readonly Combination<keyof F & string, keyof I['shape'] & string>[],
>(
  spec: ListSpec<I, F, R> & { readonly combinations: C },
): z.ZodType<ListOutput<F, R, SortOf<{ combinations: C }>>, ListInput<F, R, SortOf<{ combinations: C }>>> => {
  const { filters, ranges } = spec;
  const combinations: readonly AnyCombination[] = spec.combinations;
  const schema = z.strictObject(createShape(spec)).transform((flat: Flat, context) => {
    const { where, equal, ranged } = splitFilters(flat, { filters, ranges });
    const requested = flat['sort'] as string | undefined;
    const sort = combinations
      .filter((combination) => matchesFilters(combination, equal))
      .flatMap((combination) => combination.sort)
      .find((allowed) => (requested ?? allowed) === allowed && ranged.every((name) => name === toField(allowed)));
    if (sort === undefined) {
      context.issues.push({
        code: 'custom',
        path: [requested === undefined ? (ranged[0] ?? equal[0] ?? 'sort') : 'sort'],
        params: { code: 'unsupported-combination' },
        message: `This combination of filters, bounds and sort is not supported. ${describe(combinations)}`,
        input: requested,
      });
      return z.NEVER;
    }
    const fields = (flat['fields'] as string | undefined)?.split(',');
    return { where, sort, limit: flat['limit'], cursor: flat['cursor'], fields };
  });
  lists.add(schema, { item: () => spec.item, combinations: describe(combinations) });
  return schema as never;
};

// A registry, because a property added to a schema is lost when the schema is described or refined. Metadata of a registry
// cannot have the type of a schema, so `item` is a function.
const lists = z.registry<{ item: () => unknown; combinations?: string }>();

/** Returns the item DTO of a schema that `defineListQuery` or `definePage` created. */
export const getListItem = (schema: z.ZodType | undefined): z.ZodObject | undefined =>
  (schema && lists.get(schema)?.item()) as z.ZodObject | undefined;

/** Returns the supported combinations of a list query as text for the API reference. */
export const getListCombinations = (schema: z.ZodType | undefined): string | undefined =>
  schema && lists.get(schema)?.combinations;

/** Declares the response of a list: `UserPage` for the item with the id `User`, with the examples of the item. */
export const definePage = <I extends z.ZodObject>(item: I) => {
  const { id, examples: items } = item.meta() ?? {};
  const page = z
    .object({
      items: z.array(item),
      nextCursor: z.string().nullable().describe('Send it as `cursor` for the next page; null on the last page.'),
    })
    .meta({
      ...(id !== undefined && { id: `${id}Page` }),
      ...(items !== undefined && { examples: [{ items, nextCursor: null }] }),
    });
  lists.add(page, { item: () => item });
  return page;
};
