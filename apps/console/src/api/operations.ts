import { type Contract, getListSpec, type RouteSpec } from '@plinth/contract-kit';
import * as audit from '@plinth/service-contracts/audit';
import * as jobs from '@plinth/service-contracts/operations';
import * as orders from '@plinth/service-contracts/orders';
import * as users from '@plinth/service-contracts/users';
import { z } from 'zod';

/** Evaluated at build time (`build/evaluate.ts`): a browser receives the values of these exports, and no contract. */

/** Filters that a list accepts together, with the sorts that it has then; the first one is the default. */
export type Combination = {
  readonly where: readonly string[];
  /** The field that may have bounds besides those of the sorted field. */
  readonly range?: string;
  readonly sort: readonly string[];
};

export type RangeKind = 'money' | 'time';

export type ListSpec = {
  /** The filters by name, each with its values; an empty list for free text. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  /** The fields that accept bounds, each with the kind of its values. */
  readonly ranges: Readonly<Record<string, RangeKind>>;
  readonly combinations: readonly Combination[];
};

export type Operation = {
  /** The name of the function in service-actions. */
  readonly name: string;
  readonly domain: string;
  /** The roles that may call it; without them, every user. */
  readonly roles?: readonly string[];
  /** The path parameter that is the own id of a user who may call it, whatever their role. */
  readonly orSelf?: string;
  readonly list?: ListSpec;
};

const toChoices = (schema: z.core.$ZodType): readonly string[] =>
  schema instanceof z.ZodEnum ? schema.options.map(String) : [];

const toChoicesByName = (schemas: Readonly<Record<string, z.core.$ZodType>>): ListSpec['filters'] =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, toChoices(schema)]));

const isMoney = (schema: z.core.$ZodType | undefined): boolean =>
  schema instanceof z.ZodObject && 'currency' in schema.shape;

const toList = (query: RouteSpec['query']): ListSpec | undefined => {
  const spec = getListSpec(query);
  if (!spec) return undefined;
  const { filters, ranges, combinations, item } = spec;
  const toKind = (name: string): RangeKind => (isMoney(item.shape[name]) ? 'money' : 'time');
  return {
    filters: toChoicesByName(filters),
    ranges: Object.fromEntries(Object.keys(ranges).map((name) => [name, toKind(name)])),
    combinations: combinations.map(({ where = [], range, sort }) => ({
      where,
      ...(range !== undefined && { range }),
      sort,
    })),
  };
};

const unwrap = (schema: z.core.$ZodType): z.core.$ZodType =>
  schema instanceof z.ZodOptional ? schema.unwrap() : schema;

/** A search by words accepts all other parameters as well. It is sorted by how well its items match. */
const toSearch = (query: RouteSpec['query']): ListSpec | undefined => {
  if (!(query instanceof z.ZodObject) || !('text' in query.shape)) return undefined;
  const schemas = Object.entries<z.core.$ZodType>(query.shape).map(([name, schema]) => [name, unwrap(schema)] as const);
  const names = schemas.map(([name]) => name).filter((name) => name !== 'text');
  return {
    filters: toChoicesByName(Object.fromEntries(schemas)),
    ranges: {},
    combinations: [['text'], ...names.map((name) => ['text', name])].map((where) => ({ where, sort: [] })),
  };
};

const toOperation = (name: string, domain: string, contract: Contract): Operation => {
  const { auth, query } = contract.routes[name] as RouteSpec;
  const list = toList(query) ?? toSearch(query);
  return {
    name,
    domain,
    ...(typeof auth === 'object' && {
      roles: contract.permissions[auth.policy]?.roles ?? [],
      ...(auth.orSelf !== undefined && { orSelf: auth.orSelf }),
    }),
    ...(list && { list }),
  };
};

const isContract = (value: object): value is Contract => 'routes' in value;

/** Every operation by its route, such as `GET /v1/users/:id`. */
export const operations: Readonly<Record<string, Operation>> = Object.fromEntries(
  Object.entries({ users, orders, audit, operations: jobs }).flatMap(([domain, exports]) =>
    Object.values<object>(exports)
      .filter(isContract)
      .flatMap((contract) =>
        Object.entries(contract.routes).map(([name, { method, path }]) => [
          `${method} ${path}`,
          toOperation(name, domain, contract),
        ]),
      ),
  ),
);
