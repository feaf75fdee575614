import { z } from 'zod';

/** A time on the wire (ISO 8601, UTC) that the server sees as a `Date`. */
export const IsoDate = z
  .codec(z.iso.datetime(), z.date(), { decode: (text) => new Date(text), encode: (date) => date.toISOString() })
  .describe('A time, ISO 8601 in UTC.');

const rangeOperators = ['gt', 'gte', 'lt', 'lte'] as const;
type RangeOperator = (typeof rangeOperators)[number];

type Schemas = Readonly<Record<string, z.ZodType>>;

/** Filters that may be used together, and the sorts that may be used with them; the first is the default. */
type Combination<Filter extends string, Field extends string> = {
  readonly where?: readonly Filter[];
  readonly sort: readonly [Field | `-${Field}`, ...(Field | `-${Field}`)[]];
};

type ListSpec<I extends z.ZodObject, F extends Schemas, R extends Schemas> = {
  /** The DTO of one item; its fields are those that `?fields=` may name. */
  readonly item: I;
  /** The fields that a caller may hold equal. */
  readonly filters: F;
  /** The fields that a caller may set bounds on, while sorting by them: `createdAt[gte]=…`. */
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

/** A list query as it travels: `?role=member&createdAt[gte]=…&sort=-createdAt&limit=20&cursor=…&fields=id,name`. */
export type ListInput<F extends Schemas, R extends Schemas, Sort> = FilterInput<F> &
  RangeInput<R> & { readonly sort?: Sort; readonly limit?: number; readonly cursor?: string; readonly fields?: string };

/** A list query as an action sees it. */
export type ListOutput<F extends Schemas, R extends Schemas, Sort> = {
  readonly where: WhereOutput<F, R>;
  readonly sort: Sort;
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly fields: readonly string[] | undefined;
};

type Flat = Readonly<Record<string, unknown>>;
type AnyCombination = Combination<string, string>;

const bare = (sort: string): string => (sort.startsWith('-') ? sort.slice(1) : sort);

const sentence = ({ where = [], sort }: AnyCombination): string =>
  `${where.length > 0 ? where.join(' + ') : 'no filter'} sorted by ${sort.join(' or ')}`;

const isUsed = (combination: AnyCombination, used: readonly string[]): boolean => {
  const where = combination.where ?? [];
  return where.length === used.length && where.every((name) => used.includes(name));
};

/** Splits the flat parameters into filters and bounds. */
const whereOf = (flat: Flat, { filters, ranges }: { filters: Schemas; ranges: Schemas }) => {
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

/** The size of a page. Only decimal digits are a number here: `0x10`, `1e1` and `+5` are refused. */
const DecimalLimit = z.preprocess(
  (value) => (typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value),
  z.int('must be a whole number from 1 to 100, in decimal digits').min(1).max(100).default(20),
);

const shapeOf = (spec: ListSpec<z.ZodObject, Schemas, Schemas>) => {
  const sorts = [...new Set(spec.combinations.flatMap(({ sort }) => sort))];
  const field = `(${Object.keys(spec.item.shape).join('|')})`;
  return {
    ...Object.fromEntries(Object.entries(spec.filters).map(([name, schema]) => [name, schema.optional()])),
    ...Object.fromEntries(
      Object.entries(spec.ranges).flatMap(([name, schema]) =>
        rangeOperators.map((operator) => [`${name}[${operator}]`, schema.optional()]),
      ),
    ),
    sort: z.enum(sorts).optional().describe('The order; `-` before a field means descending.'),
    limit: DecimalLimit.describe('How many items a page has at most.'),
    // A control character in a sorted name takes eight characters of a cursor, and a name may be 200 of them.
    cursor: z.string().min(1).max(2048).optional().describe('The `nextCursor` of the page before.'),
    fields: z
      .string()
      .regex(new RegExp(`^${field}(,${field})*$`), `must name fields of ${Object.keys(spec.item.shape).join(', ')}`)
      .optional()
      .describe('Only these fields of each item, separated by commas.'),
  };
};

/**
 * Declares the query of a list: which filters, bounds and sorts combine. Any other combination is refused with a
 * message that names the legal ones, so a query that no index serves never reaches the database.
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
  const legal = `Legal are: ${combinations.map(sentence).join('; ')}. Bounds are set on the sorted field only.`;
  const schema = z.strictObject(shapeOf(spec)).transform((flat: Flat, context) => {
    const { where, equal, ranged } = whereOf(flat, { filters, ranges });
    const asked = flat['sort'] as string | undefined;
    const sort = combinations
      .filter((combination) => isUsed(combination, equal))
      .flatMap((combination) => combination.sort)
      .find((option) => (asked ?? option) === option && ranged.every((name) => name === bare(option)));
    if (sort === undefined) {
      context.issues.push({
        code: 'custom',
        path: [asked === undefined ? (ranged[0] ?? equal[0] ?? 'sort') : 'sort'],
        params: { code: 'unsupported-combination' },
        message: `These filters and this sort do not combine. ${legal}`,
        input: asked,
      });
      return z.NEVER;
    }
    const fields = (flat['fields'] as string | undefined)?.split(',');
    return { where, sort, limit: flat['limit'], cursor: flat['cursor'], fields };
  });
  lists.add(schema, { item: () => spec.item, combinations: legal });
  return schema as never;
};

// A registry, because what is added to a schema itself is lost when the schema is described or refined.
// The registry's own types cannot carry a schema, so it holds a function that gives it.
const lists = z.registry<{ item: () => unknown; combinations?: string }>();

/** The DTO of the items when `schema` was made by `defineListQuery` or `definePage`. */
export const getListItem = (schema: z.ZodType | undefined): z.ZodObject | undefined =>
  (schema && lists.get(schema)?.item()) as z.ZodObject | undefined;

/** The legal combinations of filters and sorts of a list query, in words for the API reference. */
export const getListCombinations = (schema: z.ZodType | undefined): string | undefined =>
  schema && lists.get(schema)?.combinations;

/** The answer of a list. */
export const definePage = <I extends z.ZodObject>(item: I) => {
  const page = z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('Send it as `cursor` for the next page; null on the last.'),
  });
  lists.add(page, { item: () => item });
  return page;
};
