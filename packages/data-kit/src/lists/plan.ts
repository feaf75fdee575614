import {
  type IndexSpec,
  removedMarker,
  toDeclaredField,
  type UntypedDefinition,
} from '../collections/define-collection.ts';
import type { Ctx } from '../context/context.ts';

type Filter = Readonly<Record<string, unknown>>;

/** The plan of a list: one index, the fields compared by equality, and the sorted field. */
export type ListPlan = {
  readonly index: string;
  /** True when the filter sets every field of a unique index, so that at most one document matches. */
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

/** Returns the range that a filter sets on a field, or undefined. */
export const getRange = (where: Filter, field: string): Range | undefined => {
  const value = where[field];
  return isOperators(value) && !('$in' in value) ? value : undefined;
};

const refuse = (definition: UntypedDefinition, text: string): never => {
  throw new TypeError(`${definition.name}: ${text}`);
};

const assertCondition = (definition: UntypedDefinition, field: string, value: unknown): void => {
  if (isScalar(value)) return;
  // An object without own entries is `{}`, which a database compares as a value, or an instance such as a RegExp or a Map.
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
 * Rejects at run time an unknown field, a tenant and an unknown operator, so that no input of a client becomes an operator,
 * even when the compiler was bypassed.
 */
export const assertWhere = (definition: UntypedDefinition, where: Filter): void => {
  for (const [field, value] of Object.entries(where)) {
    if (field === 'tenantId') refuse(definition, 'the tenant comes from the context and is never part of a filter.');
    if (!Object.hasOwn(definition.shape, field)) refuse(definition, `'${field}' is not a field of the document.`);
    assertCondition(definition, field, value);
  }
};

/** @throws for a context without a tenant, such as that of a public route. */
export const assertTenant = (definition: UntypedDefinition, { tenantId }: Pick<Ctx, 'tenantId'>): void => {
  if (!tenantId) {
    throw new TypeError(
      `'${definition.name}' belongs to tenants, and this context has no tenant. Require a credential.`,
    );
  }
};

/** @throws for a page of fewer than 1 or more than 100 items. */
export const assertLimit = (limit: number): void => {
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw new RangeError('A page has 1 to 100 items.');
};

const getIndexes = (definition: UntypedDefinition): [string, IndexSpec][] => Object.entries(definition.indexes);

// Every filter contains the marker, so the marker does not show which index serves a filter.
const withoutMarker = ({ softDelete }: UntypedDefinition, fields: readonly string[]): readonly string[] =>
  softDelete ? fields.filter((field) => field !== removedMarker) : fields;

/** Lists fields by their names in the definition. */
const toDeclared = (definition: UntypedDefinition, fields: readonly string[]): string =>
  withoutMarker(definition, fields)
    .map((field) => toDeclaredField(definition, field))
    .join(', ');

/** @throws when no index begins with the fields of the filter, because such a query would read the whole tenant. */
export const assertIndexed = (definition: UntypedDefinition, where: Filter): void => {
  assertWhere(definition, where);
  const fields = Object.keys(where);
  // An id is found without an index of the tenant, but a range of ids would read documents of other tenants.
  if (fields.includes('_id') && !getRange(where, '_id')) return;
  const served = getIndexes(definition).some(([, index]) =>
    fields.includes(withoutMarker(definition, index.fields)[0] ?? ''),
  );
  if (!served) {
    refuse(
      definition,
      `no index serves a filter on ${toDeclared(definition, fields) || 'nothing'}. Add one to its defineCollection.`,
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

type ListRequirements = {
  readonly equal: readonly string[];
  readonly field: string;
  readonly descending: boolean;
  readonly misplaced: boolean;
};

const explainUnserved = (
  definition: UntypedDefinition,
  { equal, field, descending, misplaced }: ListRequirements,
): string => {
  const sorted = toDeclaredField(definition, field);
  if (misplaced) return `a list accepts ranges on the sorted field only, which is '${sorted}'.`;
  const fixed = equal.find((name) => name === field || name === '_id');
  if (fixed) return `a list cannot filter by equality on '${fixed}' and sort by it; use find or another sort.`;
  const filters = toDeclared(definition, equal) || 'nothing';
  const fields = toDeclared(definition, [...equal, ...(field === '_id' ? [] : [field]), '_id']);
  return `no index serves a list by ${filters} sorted by ${descending ? '-' : ''}${sorted}. Add [${fields}] to its defineCollection.`;
};

/**
 * Chooses the index that serves a list without sorting and without reading past the page.
 * @throws when there is none: the message names the index to add.
 */
export const planList = (definition: UntypedDefinition, { where, sort }: { where: Filter; sort: string }): ListPlan => {
  assertWhere(definition, where);
  const descending = sort.startsWith('-');
  const field = descending ? sort.slice(1) : sort;
  const equal = Object.keys(where).filter((name) => isScalar(where[name]));
  const ranged = Object.keys(where).filter((name) => !equal.includes(name));
  const misplaced = ranged.some((name) => name !== field || !getRange(where, name));
  const indexes = getIndexes(definition);
  const filters = withoutMarker(definition, equal);
  const unique = indexes.find(([, { fields, unique: code }]) => code && sameSet(fields, filters));
  if (unique) return { index: unique[0], single: true, equal: unique[1].fields, field, descending };
  const serving = indexes.find(([, { fields }]) => servesList(fields, equal, field));
  if (serving && !misplaced) {
    return { index: serving[0], single: false, equal: serving[1].fields.slice(0, equal.length), field, descending };
  }
  return refuse(definition, explainUnserved(definition, { equal, field, descending, misplaced }));
};
