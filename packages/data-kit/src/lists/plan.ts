import type { Indexed, IndexSpec } from '../collections/collection.ts';
import type { Ctx } from '../context/context.ts';

type Filter = Readonly<Record<string, unknown>>;

/** How a list is served: one index, the fields held equal, and the range of the sorted field. */
export type ListPlan = {
  readonly index: string;
  /** True when the filter fixes a unique index whole, so that at most one document matches. */
  readonly single: boolean;
  readonly equal: readonly string[];
  readonly field: string;
  readonly descending: boolean;
};

const rangeOperators = ['$gt', '$gte', '$lt', '$lte'] as const;
export type Range = { readonly [O in (typeof rangeOperators)[number]]?: string | number | boolean | Date };

const isOperators = (value: unknown): value is Filter =>
  typeof value === 'object' && value !== null && !(value instanceof Date);

const isScalar = (value: unknown): boolean =>
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  Number.isFinite(value instanceof Date ? value.getTime() : value);

/** The range that a filter sets on a field; `undefined` when the field is held equal or not named. */
export const getRange = (where: Filter, field: string): Range | undefined => {
  const value = where[field];
  return isOperators(value) && !('$in' in value) ? value : undefined;
};

const refuse = (definition: Indexed, text: string): never => {
  throw new TypeError(`${definition.name}: ${text}`);
};

const assertCondition = (definition: Indexed, field: string, value: unknown): void => {
  if (isScalar(value)) return;
  // Without entries it is `{}`, which a database takes for a value, or a RegExp, a Map or the like.
  if (!isOperators(value) || Array.isArray(value) || Object.keys(value).length === 0) {
    return refuse(definition, `the filter on '${field}' is neither a scalar value nor a set of operators.`);
  }
  for (const [operator, operand] of Object.entries(value)) {
    const known = operator === '$in' || (rangeOperators as readonly string[]).includes(operator);
    if (!known) refuse(definition, `'${operator}' is not an operator; use equality, $in, $gt, $gte, $lt or $lte.`);
    const operands =
      operator === '$in' ? (Array.isArray(operand) ? operand : refuse(definition, '$in needs a list.')) : [operand];
    if (!operands.every(isScalar)) refuse(definition, `'${operator}' on '${field}' takes scalar values only.`);
  }
};

/**
 * Refuses what types cannot: a field that the document does not have, a tenant set by hand, an operator outside the
 * vocabulary. So nothing that came from outside can become an operator, whatever let it through.
 */
export const assertWhere = (definition: Indexed, where: Filter): void => {
  for (const [field, value] of Object.entries(where)) {
    if (field === 'tenantId') refuse(definition, 'the tenant comes from the context and is never part of a filter.');
    if (!Object.hasOwn(definition.shape, field)) refuse(definition, `'${field}' is not a field of the document.`);
    assertCondition(definition, field, value);
  }
};

/** @throws for a context without a tenant, as that of a public route: a collection of tenants cannot be opened for it. */
export const assertTenant = (definition: Indexed, { tenantId }: Pick<Ctx, 'tenantId'>): void => {
  if (!tenantId) {
    throw new TypeError(`'${definition.name}' belongs to tenants, and this context has none. Require a credential.`);
  }
};

/** @throws for a page of less than one or more than a hundred items. */
export const assertLimit = (limit: number): void => {
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw new RangeError('A page has 1 to 100 items.');
};

const indexesOf = (definition: Indexed): [string, IndexSpec][] => Object.entries(definition.indexes);

/** @throws when no index begins with the fields of the filter, because such a query would read the whole tenant. */
export const assertIndexed = (definition: Indexed, where: Filter): void => {
  assertWhere(definition, where);
  const fields = Object.keys(where);
  // An id is looked up without an index of the tenant, but a range of ids would walk through other tenants.
  if (fields.includes('_id') && !getRange(where, '_id')) return;
  const served = indexesOf(definition).some(([, index]) => fields.includes(index.fields[0] ?? ''));
  if (!served) {
    refuse(
      definition,
      `no index serves a filter on ${fields.join(', ') || 'nothing'}. Add one to its defineCollection.`,
    );
  }
};

const sameSet = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((item) => right.includes(item));

const servesList = (fields: readonly string[], equal: readonly string[], field: string): boolean => {
  const order = field === '_id' ? ['_id'] : [field, '_id'];
  const rest = fields.slice(equal.length);
  return sameSet(fields.slice(0, equal.length), equal) && rest.join() === order.join();
};

type Wish = {
  readonly equal: readonly string[];
  readonly field: string;
  readonly sort: string;
  readonly misplaced: boolean;
};

const whyUnserved = ({ equal, field, sort, misplaced }: Wish): string => {
  if (misplaced) return `a list takes ranges on the sorted field only, which is '${field}'.`;
  const fixed = equal.find((name) => name === field || name === '_id');
  if (fixed) return `a list cannot hold '${fixed}' equal and sort by it too; use find or another sort.`;
  const wanted = [...equal, ...(field === '_id' ? [] : [field]), '_id'].join(', ');
  return `no index serves a list by ${equal.join(', ') || 'nothing'} sorted by ${sort}. Add [${wanted}] to its defineCollection.`;
};

/**
 * Chooses the index that serves a list without sorting and without reading past the page.
 * @throws when there is none: the message names the index to add.
 */
export const planList = (definition: Indexed, { where, sort }: { where: Filter; sort: string }): ListPlan => {
  assertWhere(definition, where);
  const descending = sort.startsWith('-');
  const field = descending ? sort.slice(1) : sort;
  const equal = Object.keys(where).filter((name) => isScalar(where[name]));
  const ranged = Object.keys(where).filter((name) => !equal.includes(name));
  const misplaced = ranged.some((name) => name !== field || !getRange(where, name));
  const indexes = indexesOf(definition);
  const unique = indexes.find(([, { fields, unique: code }]) => code && sameSet(fields, equal));
  if (unique) return { index: unique[0], single: true, equal: unique[1].fields, field, descending };
  const serving = indexes.find(([, { fields }]) => servesList(fields, equal, field));
  if (serving && !misplaced) {
    return { index: serving[0], single: false, equal: serving[1].fields.slice(0, equal.length), field, descending };
  }
  return refuse(definition, whyUnserved({ equal, field, sort, misplaced }));
};
