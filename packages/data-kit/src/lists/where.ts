import type { UntypedDefinition } from '../collections/define-collection.ts';
import { isArray } from '../collections/field-kinds.ts';

export type Filter = Readonly<Record<string, unknown>>;

const rangeOperators = ['$gt', '$gte', '$lt', '$lte'] as const;
export type Range = { readonly [O in (typeof rangeOperators)[number]]?: string | number | boolean | Date };

const isOperators = (value: unknown): value is Filter =>
  typeof value === 'object' && value !== null && !(value instanceof Date);

export const isScalar = (value: unknown): boolean =>
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  Number.isFinite(value instanceof Date ? value.getTime() : value);

/** Returns the range that a filter sets on a field, or undefined. */
export const getRange = (where: Filter, field: string): Range | undefined => {
  const value = where[field];
  return isOperators(value) && !('$in' in value) ? value : undefined;
};

/** Returns the values of `$in` on a field, or undefined. */
export const getIn = (where: Filter, field: string): readonly unknown[] | undefined => {
  const value = where[field];
  return isOperators(value) && '$in' in value ? (value['$in'] as readonly unknown[]) : undefined;
};

export const refuse = (definition: UntypedDefinition, text: string): never => {
  throw new TypeError(`${definition.name}: ${text}`);
};

const assertCondition = (definition: UntypedDefinition, field: string, value: unknown): void => {
  if (isScalar(value)) return;
  // An object without own entries is `{}`, which a database compares as a value, or an instance such as a RegExp or a Map.
  if (!isOperators(value) || Array.isArray(value) || Object.keys(value).length === 0) {
    return refuse(definition, `the filter on '${field}' is neither a scalar value nor a set of operators.`);
  }
  for (const [operator, operand] of Object.entries(value)) {
    const isKnown = operator === '$in' || (rangeOperators as readonly string[]).includes(operator);
    if (!isKnown) refuse(definition, `'${operator}' is not an operator; use equality, $in, $gt, $gte, $lt or $lte.`);
    if (operator !== '$in' && isArray(definition.shape[field])) {
      refuse(definition, `'${field}' is an array: a filter takes an element or $in of several, and no bounds.`);
    }
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
