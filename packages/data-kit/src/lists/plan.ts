import { filterValuesMax } from '@plinth/contract-kit';
import {
  type IndexSpec,
  removedMarker,
  toDeclaredField,
  type UntypedDefinition,
} from '../collections/define-collection.ts';
import { acceptsAbsence, isArray } from '../collections/field-kinds.ts';
import type { Ctx } from '../context/context.ts';
import { assertWhere, type Filter, getIn, getRange, isScalar, refuse } from './where.ts';

/** The plan of a list: one index and the order in which it is read. */
export type ListPlan = {
  readonly index: string;
  /** True when the filter sets every field of a unique index, so that at most one document matches. */
  readonly single: boolean;
  /** True when the page may be several intervals of the index: with `$in`, a second range or an element of an array. */
  readonly merged: boolean;
  /** The fields of the index before the sorted one, which the filter compares by equality or by `$in`. */
  readonly prefix: readonly string[];
  readonly field: string;
  readonly descending: boolean;
  /** The fields of the index after the sorted one and `_id`. */
  readonly trailing: readonly string[];
  /** The field of the prefix that has one of several values. */
  readonly inField: string | undefined;
  /** The trailing field that the filter bounds: keys outside of its bounds are examined and skipped. */
  readonly skippedBy: string | undefined;
};

/** A page of a list with a second range ends after this many keys, so it may have fewer items than its limit. */
export const keysExaminedMax = 5000;

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

export const getIndexes = (definition: UntypedDefinition): [string, IndexSpec][] => Object.entries(definition.indexes);

// Every filter contains the marker, so the marker does not show which index serves a filter.
const withoutMarker = ({ softDelete }: UntypedDefinition, fields: readonly string[]): readonly string[] =>
  softDelete ? fields.filter((field) => field !== removedMarker) : fields;

/** Lists fields by their names in the definition. */
export const toDeclared = (definition: UntypedDefinition, fields: readonly string[]): string =>
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

export const sameSet = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((item) => right.includes(item));

type ListRequirements = {
  /** The fields compared by equality or by `$in`. */
  readonly prefix: readonly string[];
  readonly field: string;
  readonly descending: boolean;
  readonly inFields: readonly string[];
  /** The fields with bounds, except for the sorted field. */
  readonly bounded: readonly string[];
  readonly arrays: readonly string[];
};

const toOrder = (field: string): string[] => (field === '_id' ? ['_id'] : [field, '_id']);

const servesList = (
  { shape }: UntypedDefinition,
  fields: readonly string[],
  { prefix, field, bounded }: ListRequirements,
): boolean => {
  const order = toOrder(field);
  const rest = fields.slice(prefix.length);
  return (
    // The index has a key for each element of an array, so a list by another field would examine a document several times.
    !rest.some((name) => isArray(shape[name])) &&
    sameSet(fields.slice(0, prefix.length), prefix) &&
    rest.slice(0, order.length).join() === order.join() &&
    bounded.every((name) => rest.slice(order.length).includes(name))
  );
};

const isMerged = ({ inFields, bounded, arrays }: Pick<ListRequirements, 'inFields' | 'bounded' | 'arrays'>): boolean =>
  inFields.length + bounded.length + arrays.length > 0;

/** Explains why no index can serve a list, or returns undefined. */
const explainUnsupported = (
  definition: UntypedDefinition,
  where: Filter,
  { field, inFields, bounded, arrays }: ListRequirements,
): string | undefined => {
  const sorted = toDeclaredField(definition, field);
  if (isArray(definition.shape[field])) return `a list cannot be sorted by '${sorted}', which is an array.`;
  if (arrays.length > 1) return `a list filters by one array, and this one by ${arrays.join(', ')}.`;
  const inField = inFields[0] ?? '';
  const named = toDeclaredField(definition, inField);
  if (inFields.includes(field)) return `$in is not supported on '${sorted}', by which the list is sorted; use bounds.`;
  if (inFields.length > 1) {
    return `a list supports $in on one field, and this one has it on ${toDeclared(definition, inFields)}.`;
  }
  if (inFields.length === 1 && Object.keys(where[inField] as object).length > 1) {
    return `a list supports either $in or bounds on '${named}', not both.`;
  }
  if ((getIn(where, inField)?.length ?? 0) > filterValuesMax) {
    return `$in on '${named}' takes at most ${filterValuesMax} values in a list.`;
  }
  if (bounded.length > 1) {
    return `a list supports bounds on '${sorted}', by which it is sorted, and on one other field; this one has them on ${toDeclared(definition, bounded)}.`;
  }
  if (isMerged({ inFields, bounded, arrays }) && acceptsAbsence(definition.shape[field])) {
    return `a list with $in, bounds on another field or an element of an array cannot be sorted by '${sorted}', which documents may lack.`;
  }
  return undefined;
};

const explainUnserved = (
  definition: UntypedDefinition,
  { prefix, field, descending, bounded }: ListRequirements,
): string => {
  const sorted = toDeclaredField(definition, field);
  const fixed = prefix.find((name) => name === field || name === '_id');
  if (fixed) return `a list cannot filter by equality on '${fixed}' and sort by it; use find or another sort.`;
  const filters = toDeclared(definition, prefix);
  const bounds = bounded.length > 0 ? ` with bounds on ${toDeclared(definition, bounded)}` : '';
  const fields = toDeclared(definition, [...prefix, ...toOrder(field), ...bounded]);
  return `no index serves a list ${filters ? `by ${filters}` : 'without a filter,'} sorted by ${descending ? '-' : ''}${sorted}${bounds}. Add [${fields}] to its defineCollection.`;
};

const toRequirements = ({ shape }: UntypedDefinition, where: Filter, sort: string): ListRequirements => {
  const descending = sort.startsWith('-');
  const field = descending ? sort.slice(1) : sort;
  const names = Object.keys(where);
  const inFields = names.filter((name) => getIn(where, name));
  const prefix = names.filter((name) => isScalar(where[name]) || inFields.includes(name));
  const bounded = names.filter((name) => name !== field && getRange(where, name));
  const arrays = names.filter((name) => isArray(shape[name]));
  return { prefix, field, descending, inFields, bounded, arrays };
};

/**
 * Chooses the index that serves a list without sorting and without reading past the page.
 * @throws when there is none: the message names the index to add.
 */
export const planList = (definition: UntypedDefinition, { where, sort }: { where: Filter; sort: string }): ListPlan => {
  assertWhere(definition, where);
  const requirements = toRequirements(definition, where, sort);
  const { prefix, field, descending, inFields, bounded } = requirements;
  const indexes = getIndexes(definition);
  const order = { field, descending };
  const equal = withoutMarker(
    definition,
    prefix.filter((name) => !inFields.includes(name)),
  );
  const unique = indexes.find(([, { fields, unique: code }]) => code && sameSet(fields, equal));
  if (unique) {
    const [index, { fields }] = unique;
    const rest = { trailing: [], inField: undefined, skippedBy: undefined };
    return { ...order, ...rest, index, single: true, merged: false, prefix: fields };
  }
  const unsupported = explainUnsupported(definition, where, requirements);
  if (unsupported !== undefined) return refuse(definition, unsupported);
  const [index, spec] = indexes.find(([, { fields }]) => servesList(definition, fields, requirements)) ?? [];
  if (index === undefined || !spec) return refuse(definition, explainUnserved(definition, requirements));
  return {
    ...order,
    index,
    single: false,
    merged: isMerged(requirements),
    prefix: spec.fields.slice(0, prefix.length),
    trailing: spec.fields.slice(prefix.length + toOrder(field).length),
    inField: inFields[0],
    skippedBy: bounded[0],
  };
};
