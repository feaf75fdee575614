import {
  getManagedFields,
  removedMarker,
  toComparedField,
  toKeyField,
  type UntypedDefinition,
} from './define-collection.ts';

export type Fields = Readonly<Record<string, unknown>>;

const isOperators = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !(value instanceof Date);

/** Applies the comparison key of a field to the operands of a condition. */
const toComparedCondition = (condition: unknown, toKey: (text: string) => string): unknown => {
  if (typeof condition === 'string') return toKey(condition);
  if (Array.isArray(condition)) return condition.map((item) => toComparedCondition(item, toKey));
  if (!isOperators(condition)) return condition;
  return Object.fromEntries(
    Object.entries(condition).map(([operator, operand]) => [operator, toComparedCondition(operand, toKey)]),
  );
};

const assertNotManaged = (definition: UntypedDefinition, fields: object = {}): void => {
  const managed = getManagedFields(definition);
  const field = Object.keys(fields).find((name) => managed.includes(name));
  if (field === undefined) return;
  throw new TypeError(
    `${definition.name}: '${field}' is written by the collection itself and is never set or filtered.`,
  );
};

/** Returns the comparison keys of the fields that have one. */
export const toKeys = ({ compareBy }: Pick<UntypedDefinition, 'compareBy'>, fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(compareBy).flatMap(([field, { toKey }]) => {
      const value = fields[field];
      return typeof value === 'string' ? [[toKeyField(field), toKey(value)]] : [];
    }),
  );

/** Converts a filter to stored fields. With `softDelete` it matches no removed document. */
export const toStoredWhere = (definition: UntypedDefinition, where: Fields): Fields => {
  assertNotManaged(definition, where);
  const conditions = Object.entries(where).map(([field, condition]) => {
    const key = Object.hasOwn(definition.compareBy, field) ? definition.compareBy[field] : undefined;
    return [toComparedField(definition, field), key ? toComparedCondition(condition, key.toKey) : condition];
  });
  return { ...Object.fromEntries(conditions), ...(definition.softDelete && { [removedMarker]: false }) };
};

/** Converts a sort to stored fields. */
export const toStoredSort = (definition: UntypedDefinition, sort: string): string =>
  sort.startsWith('-') ? `-${toComparedField(definition, sort.slice(1))}` : toComparedField(definition, sort);

/** Adds to a draft the fields that the collection writes itself. */
export const toStoredDraft = (definition: UntypedDefinition, draft: Fields): Fields => {
  assertNotManaged(definition, draft);
  return { ...draft, ...toKeys(definition, draft), ...(definition.softDelete && { [removedMarker]: false }) };
};

/** Adds to a change the comparison keys of the fields that it sets or unsets. */
export const toStoredChange = (
  definition: UntypedDefinition,
  change: { readonly $set?: object; readonly $unset?: object },
): object => {
  for (const fields of Object.values(change)) assertNotManaged(definition, fields as object | undefined);
  const { $set = {}, $unset = {} } = change;
  const keys = toKeys(definition, $set as Fields);
  const unset = Object.keys($unset).filter((field) => Object.hasOwn(definition.compareBy, field));
  const unsetKeys = Object.fromEntries(unset.map((field) => [toKeyField(field), true]));
  return {
    ...change,
    ...(Object.keys(keys).length > 0 && { $set: { ...$set, ...keys } }),
    ...(unset.length > 0 && { $unset: { ...$unset, ...unsetKeys } }),
  };
};
