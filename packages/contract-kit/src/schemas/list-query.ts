import { z } from 'zod';

const rangeOperators = ['gt', 'gte', 'lt', 'lte'] as const;
type RangeOperator = (typeof rangeOperators)[number];

type Schemas = Readonly<Record<string, z.core.$ZodType>>;

/** A filter takes at most this many values. */
export const filterValuesMax = 20;

/** Filters that can be combined, and the sorts allowed with them. The first sort is the default. */
type Combination<Filter extends string, Ranged extends string, Field extends string> = {
  readonly where?: readonly Filter[];
  /** The filter of `where` that takes several values, separated by commas: `status=placed,paid`. */
  readonly in?: Filter;
  /** A field that a caller may bound together with the sorted field or instead of it. */
  readonly range?: Ranged;
  readonly sort: readonly [Field | `-${Field}`, ...(Field | `-${Field}`)[]];
};

type ListSpec<I extends z.ZodObject, F extends Schemas, R extends Schemas> = {
  /** The DTO of one item; its fields are those that `?fields=` may name. */
  readonly item: I;
  /** The fields that a caller may filter by equality. */
  readonly filters: F;
  /** The fields on which a caller may set bounds when sorting by them: `createdAt[gte]=…`. */
  readonly ranges: R;
  readonly combinations: readonly Combination<keyof F & string, keyof R & string, keyof I['shape'] & string>[];
};

/** The filters that take several values. */
type InOf<C> = C extends readonly (infer T)[] ? (T extends { readonly in: infer N } ? N : never) : never;

type FilterInput<F extends Schemas, In> = {
  readonly [K in keyof F]?: F[K]['_zod']['input'] | (K extends In ? `${string},${string}` : never);
};
type RangeInput<R extends Schemas> = {
  readonly [K in keyof R & string as `${K}[${RangeOperator}]`]?: R[K]['_zod']['input'];
};
type Value<S extends z.core.$ZodType> = S['_zod']['output'];
type WhereOutput<F extends Schemas, R extends Schemas, In> = {
  readonly [K in keyof F]?: Value<F[K]> | (K extends In ? { readonly $in: readonly Value<F[K]>[] } : never);
} & {
  readonly [K in keyof R]?: { readonly [O in RangeOperator as `$${O}`]?: R[K]['_zod']['output'] };
};

type SortOf<S> = S extends { readonly combinations: readonly { readonly sort: readonly (infer T)[] }[] } ? T : never;

/** A list query as sent in a URL: `?role=member&createdAt[gte]=…&sort=-createdAt&limit=20&cursor=…&fields=id,name`. */
export type ListInput<F extends Schemas, R extends Schemas, Sort, In = never> = FilterInput<F, In> &
  RangeInput<R> & { readonly sort?: Sort; readonly limit?: number; readonly cursor?: string; readonly fields?: string };

/** A list query as an action receives it. */
export type ListOutput<F extends Schemas, R extends Schemas, Sort, In = never> = {
  readonly where: WhereOutput<F, R, In>;
  readonly sort: Sort;
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly fields: readonly string[] | undefined;
};

type Flat = Readonly<Record<string, unknown>>;
type AnyCombination = Combination<string, string, string>;
type AnySpec = ListSpec<z.ZodObject, Schemas, Schemas>;

const toField = (sort: string): string => (sort.startsWith('-') ? sort.slice(1) : sort);

const toSentence = ({ where = [], in: inFilter, range, sort }: AnyCombination): string => {
  const filters = where.map((name) => (name === inFilter ? `${name} (one or several)` : name));
  const bounds = range === undefined ? '' : ` with bounds on ${range}`;
  return `${filters.length > 0 ? filters.join(' + ') : 'no filter'} sorted by ${sort.join(' or ')}${bounds}`;
};

const describe = (combinations: readonly AnyCombination[]): string => {
  const hasRange = combinations.some(({ range }) => range !== undefined);
  const hasIn = combinations.some((combination) => combination.in !== undefined);
  return [
    `Supported: ${combinations.map(toSentence).join('; ')}.`,
    ...(hasIn ? [`Several values are separated by commas, at most ${filterValuesMax}.`] : []),
    hasRange ? 'Other bounds apply to the sorted field only.' : 'Bounds apply to the sorted field only.',
    ...(hasRange
      ? ['With bounds on another field a page may have fewer items than `limit`, even none, before the last page.']
      : []),
  ].join(' ');
};

const matchesFilters = ({ where = [] }: AnyCombination, used: readonly string[]): boolean =>
  where.length === used.length && where.every((name) => used.includes(name));

const allowsBounds = ({ range }: AnyCombination, sort: string, ranged: readonly string[]): boolean =>
  ranged.every((name) => name === toField(sort) || name === range);

/** Accepts values of a schema, separated by commas. */
const toValues = (schema: z.core.$ZodType) => {
  const texts = schema instanceof z.ZodEnum ? schema.options.map(String) : [];
  const choice = `(${texts.join('|')})`;
  // A pattern instead of the enum, so that the reference shows the values.
  const list =
    texts.every((text) => /^[\w-]+$/.test(text)) && texts.length > 0
      ? z
          .string()
          .regex(new RegExp(`^${choice}(,${choice})*$`), `must be values of ${texts.join(', ')}, separated by commas`)
      : z.string();
  return list
    .transform((text) => [...new Set(text.split(','))])
    .pipe(
      z
        .array(schema as z.core.$ZodType<unknown, string>)
        .max(filterValuesMax, `must be at most ${filterValuesMax} values`),
    )
    .describe(`One value, or up to ${filterValuesMax} separated by commas.`);
};

const assertCombinations = (combinations: readonly AnyCombination[]): void => {
  const stray = combinations.find(({ where = [], in: name }) => name !== undefined && !where.includes(name));
  if (stray) throw new TypeError(`A combination names '${stray.in}' in 'in' and not in 'where'. Add it to 'where'.`);
};

const getInFilters = (combinations: readonly AnyCombination[]): ReadonlySet<string> =>
  new Set(combinations.flatMap((combination) => combination.in ?? []));

/** Splits the flat parameters into filters and bounds. */
const splitFilters = (flat: Flat, { filters, ranges, combinations }: AnySpec) => {
  const inFilters = getInFilters(combinations);
  const equal = Object.keys(filters).filter((name) => flat[name] !== undefined);
  const several = equal.filter((name) => inFilters.has(name) && (flat[name] as unknown[]).length > 1);
  const toCondition = (name: string): unknown => {
    if (several.includes(name)) return { $in: flat[name] };
    return inFilters.has(name) ? (flat[name] as unknown[])[0] : flat[name];
  };
  const where: Record<string, unknown> = Object.fromEntries(equal.map((name) => [name, toCondition(name)]));
  const ranged = Object.keys(ranges).filter((name) => {
    const bounds = rangeOperators.flatMap((operator) => {
      const value = flat[`${name}[${operator}]`];
      return value === undefined ? [] : [[`$${operator}`, value] as const];
    });
    if (bounds.length > 0) where[name] = Object.fromEntries(bounds);
    return bounds.length > 0;
  });
  return { where, equal, several, ranged };
};

// Number() would also accept `0x10`, `1e1` and `+5`.
const parseDecimal = (value: unknown): unknown =>
  typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;

const Digits = z
  .number({
    error: ({ code }) => (code === 'invalid_type' ? 'must be a whole number in decimal digits' : undefined),
  })
  .int();

const Limit = Digits.min(1).max(100).default(20);

/** A whole number from 0 in a query, for bounds such as `price[gte]`. */
export const QueryInteger = z.preprocess(parseDecimal, Digits.min(0)) as unknown as z.ZodType<number, number>;

const createShape = ({ item, filters, ranges, combinations }: AnySpec) => {
  const sorts = [...new Set(combinations.flatMap(({ sort }) => sort))];
  const field = `(${Object.keys(item.shape).join('|')})`;
  const inFilters = getInFilters(combinations);
  const toFilter = (name: string, schema: z.core.$ZodType) =>
    z.optional(inFilters.has(name) ? toValues(schema) : schema);
  return {
    ...Object.fromEntries(Object.entries(filters).map(([name, schema]) => [name, toFilter(name, schema)])),
    ...Object.fromEntries(
      Object.entries(ranges).flatMap(([name, schema]) =>
        rangeOperators.map((operator) => [`${name}[${operator}]`, z.optional(schema)]),
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
  const C extends readonly Combination<keyof F & string, keyof R & string, keyof I['shape'] & string>[],
>(
  spec: ListSpec<I, F, R> & { readonly combinations: C },
): z.ZodType<
  ListOutput<F, R, SortOf<{ combinations: C }>, InOf<C>>,
  ListInput<F, R, SortOf<{ combinations: C }>, InOf<C>>
> => {
  const combinations: readonly AnyCombination[] = spec.combinations;
  assertCombinations(combinations);
  const schema = z.strictObject(createShape(spec)).transform((flat: Flat, context) => {
    const { where, equal, several, ranged } = splitFilters(flat, spec);
    const requested = flat['sort'] as string | undefined;
    const matching = combinations.filter((combination) => matchesFilters(combination, equal));
    const allowing = matching.filter((combination) => several.every((name) => name === combination.in));
    const sort = allowing
      .flatMap((combination) => combination.sort.filter((sorted) => allowsBounds(combination, sorted, ranged)))
      .find((allowed) => (requested ?? allowed) === allowed);
    if (sort === undefined) {
      const isSeveral = matching.length > 0 && allowing.length === 0;
      const problem = isSeveral
        ? `Several values of ${several.join(' and ')} are not supported with these filters.`
        : 'This combination of filters, bounds and sort is not supported.';
      const unsorted = ranged[0] ?? equal[0] ?? 'sort';
      context.issues.push({
        code: 'custom',
        path: [isSeveral ? String(several[0]) : requested === undefined ? unsorted : 'sort'],
        params: { code: 'unsupported-combination' },
        message: `${problem} ${describe(combinations)}`,
        input: requested,
      });
      return z.NEVER;
    }
    const fields = (flat['fields'] as string | undefined)?.split(',');
    return { where, sort, limit: flat['limit'], cursor: flat['cursor'], fields };
  });
  lists.add(schema, { item: () => spec.item, spec: () => spec, combinations: describe(combinations) });
  return schema as never;
};

// A registry, because a property added to a schema is lost when the schema is described or refined. Metadata of a registry
// cannot have the type of a schema, so `item` and `spec` are functions.
const lists = z.registry<{ item: () => unknown; spec?: () => unknown; combinations?: string }>();

/** Returns the item DTO of a schema that `defineListQuery` or `definePage` created. */
export const getListItem = (schema: z.core.$ZodType | undefined): z.ZodObject | undefined =>
  (schema && lists.get(schema)?.item()) as z.ZodObject | undefined;

/** Returns the filters, ranges and supported combinations of a list query, for programs that offer them. */
export const getListSpec = (schema: z.core.$ZodType | undefined): AnySpec | undefined =>
  (schema && lists.get(schema)?.spec?.()) as AnySpec | undefined;

/** Returns the supported combinations of a list query as text for the API reference. */
export const getListCombinations = (schema: z.core.$ZodType | undefined): string | undefined =>
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
