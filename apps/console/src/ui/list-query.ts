import type { Combination, ListSpec } from '../api/operations.ts';

/** The filters, the bounds such as `price[gte]`, and the sort of a list, as the address of the page has them. */
export type ListQuery = Readonly<Record<string, string>>;

const operators = ['gte', 'gt', 'lte', 'lt'] as const;

const toBounds = (range: string): string[] => operators.map((operator) => `${range}[${operator}]`);

/** Returns the names of the filters that are set. */
const findFilters = ({ filters }: ListSpec, query: ListQuery): string[] =>
  Object.keys(filters).filter((name) => query[name]);

/** Returns the names of the ranges that have a bound. */
const findRanges = ({ ranges }: ListSpec, query: ListQuery): string[] =>
  Object.keys(ranges).filter((name) => toBounds(name).some((bound) => query[bound]));

export const hasRange = (spec: ListSpec, query: ListQuery): boolean => findRanges(spec, query).length > 0;

export const hasFilter = (spec: ListSpec, query: ListQuery): boolean =>
  findFilters(spec, query).length > 0 || hasRange(spec, query);

const allowsBounds = ({ range }: Combination, sort: string | undefined, name: string): boolean =>
  name === range || name === sort?.replace('-', '');

/** Returns the sorts that a list has with these filters and bounds; the first one is the default. */
export const listSorts = (spec: ListSpec, query: ListQuery): readonly string[] => {
  const names = findFilters(spec, query);
  const ranges = findRanges(spec, query);
  return spec.combinations
    .filter(({ where }) => where.length === names.length && where.every((name) => names.includes(name)))
    .flatMap((combination) =>
      combination.sort.filter((sort) => ranges.every((name) => allowsBounds(combination, sort, name))),
    );
};

/** Returns the parameters of a query that a list accepts with one of its sorts. */
const keep = (spec: ListSpec, query: ListQuery, [combination, sort]: readonly [Combination, string | undefined]) => {
  const ranges = findRanges(spec, query).filter((name) => allowsBounds(combination, sort, name));
  const names = [...combination.where, ...ranges.flatMap(toBounds)].filter((name) => query[name]);
  return { sort, size: combination.where.length + ranges.length, names };
};

/**
 * Returns the query with other values of a filter or of bounds; an empty value removes it. Filters, bounds and a sort that the list
 * does not accept together with them are removed.
 */
export const withFilter = (spec: ListSpec, query: ListQuery, changes: ListQuery): ListQuery => {
  const wanted = { ...query, ...changes };
  const filters = findFilters(spec, wanted);
  const changed = Object.keys(changes).filter((name) => changes[name]);
  const [best] = spec.combinations
    .filter(({ where }) => where.every((name) => filters.includes(name)))
    .flatMap((combination) =>
      (combination.sort.length > 0 ? combination.sort : [undefined]).map((sort) =>
        keep(spec, wanted, [combination, sort]),
      ),
    )
    .filter(({ names }) => changed.every((name) => names.includes(name)))
    .toSorted(
      (left, right) =>
        right.size - left.size || Number(right.sort === query['sort']) - Number(left.sort === query['sort']),
    );
  const kept = Object.fromEntries((best?.names ?? []).map((name) => [name, wanted[name] ?? '']));
  const sort = best?.sort;
  return sort === undefined || sort === listSorts(spec, kept)[0] ? kept : { ...kept, sort };
};

/** Keeps the parameters that a list has. The address may contain any. */
export const toListQuery = (spec: ListSpec, search: Readonly<Record<string, unknown>>): ListQuery =>
  Object.fromEntries(
    [...Object.keys(spec.filters), ...Object.keys(spec.ranges).flatMap(toBounds), 'sort'].flatMap((name) => {
      const value = search[name];
      return typeof value === 'string' && value !== '' ? [[name, value]] : [];
    }),
  );

const sortNames: Readonly<Record<string, string>> = {
  '-createdAt': 'Newest first',
  createdAt: 'Oldest first',
  '-updatedAt': 'Last changed first',
};

/** `-name` → `Name, descending`. */
export const toSortLabel = (sort: string, toLabel: (name: string) => string): string =>
  sortNames[sort] ?? (sort.startsWith('-') ? `${toLabel(sort.slice(1))}, descending` : `${toLabel(sort)}, ascending`);
