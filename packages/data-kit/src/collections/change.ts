import type { Clock, Ctx, Ids } from '../context/context.ts';
import { isScalar, refuse } from '../lists/where.ts';
import type { UntypedDefinition } from './define-collection.ts';
import { type Change, type Draft, Entity, type Origin } from './entity.ts';
import { isArray } from './field-kinds.ts';

/** Creates a document from a draft and the fields that the collection adds. */
export const createDocument = <D extends Entity>(
  draft: Draft<D>,
  { ctx, clock, ids, origin }: { ctx: Ctx; clock: Clock; ids: Ids; origin?: Origin | undefined },
): D => {
  const now = origin?.at ?? clock.now();
  const document: unknown = {
    ...draft,
    _id: origin?.id ?? ids.next(),
    tenantId: ctx.tenantId,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  return document as D;
};

const definedIn = (fields: object = {}): [string, unknown][] =>
  Object.entries(fields).filter(([, value]) => value !== undefined);

type Fields = Readonly<Record<string, unknown>>;

const isSame = (left: unknown, right: unknown): boolean =>
  left instanceof Date && right instanceof Date ? left.getTime() === right.getTime() : left === right;

/** True when `$pull` of `pulled` removes an item: the same scalar value, or an object that has all of its fields. */
const isPulled = (item: unknown, pulled: unknown): boolean =>
  isScalar(pulled)
    ? isSame(item, pulled)
    : Object.entries(pulled as Fields).every(([name, value]) => isSame((item as Fields | null)?.[name], value));

/** Returns the document after a change, with the next version. It modifies no argument; an undefined value changes nothing. */
export const applyChange = <D extends Entity>(document: D, change: Change<D>, now: Date): D => {
  const next: Record<string, unknown> = { ...document, ...Object.fromEntries(definedIn(change.$set)) };
  for (const [field, by] of definedIn(change.$inc)) next[field] = Number(next[field] ?? 0) + Number(by);
  for (const [field, item] of definedIn(change.$push)) next[field] = [...((next[field] as unknown[]) ?? []), item];
  for (const [field, item] of definedIn(change.$addToSet)) {
    const items = (next[field] as unknown[] | undefined) ?? [];
    next[field] = items.some((other) => isSame(other, item)) ? items : [...items, item];
  }
  for (const [field, pulled] of definedIn(change.$pull)) {
    const items = next[field] as unknown[] | undefined;
    if (items) next[field] = items.filter((item) => !isPulled(item, pulled));
  }
  for (const [field] of definedIn(change.$unset)) delete next[field];
  return { ...next, version: document.version + 1, updatedAt: now } as D;
};

/** Returns the first operator in a value. */
const findOperator = (value: unknown): string | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).flatMap(([name, field]) =>
    name.startsWith('$') ? name : (findOperator(field) ?? []),
  )[0];
};

/** True for an object of scalar fields. One without fields, or with a path, would remove items that it does not describe. */
const isPattern = (pulled: unknown): boolean => {
  if (typeof pulled !== 'object' || pulled === null || Array.isArray(pulled)) return false;
  const fields = Object.entries(pulled);
  return fields.length > 0 && fields.every(([name, value]) => !name.includes('.') && isScalar(value));
};

const itemChecks: Readonly<Record<string, { readonly accepts: (item: unknown) => boolean; readonly takes: string }>> = {
  $push: { accepts: () => true, takes: 'one item' },
  $addToSet: { accepts: isScalar, takes: 'a scalar value' },
  $pull: {
    accepts: (item) => isScalar(item) || isPattern(item),
    takes: 'a scalar value, or an object of scalar values',
  },
};

type Parts = Readonly<Record<string, object | undefined>>;

const assertValues = (definition: UntypedDefinition, parts: Parts): void => {
  for (const [field, by] of definedIn(parts['$inc'])) {
    if (!Number.isFinite(by)) refuse(definition, `'$inc' on '${field}' takes a finite number.`);
  }
  for (const [operator, { accepts, takes }] of Object.entries(itemChecks)) {
    for (const [field, item] of definedIn(parts[operator])) {
      if (!isArray(definition.shape[field]))
        refuse(definition, `'${operator}' is not supported on '${field}', which is not an array.`);
      const inner = findOperator(item);
      if (inner !== undefined)
        refuse(definition, `'${inner}' is not supported here: '${operator}' on '${field}' takes ${takes}.`);
      if (!accepts(item)) refuse(definition, `'${operator}' on '${field}' takes ${takes}.`);
    }
  }
};

const changeNames = ['$set', '$inc', '$unset', '$push', '$addToSet', '$pull'];

/** @throws for a change of a managed or unknown field, or of one field twice. Not all of these are compile errors. */
export const assertChange = (definition: UntypedDefinition, change: object): void => {
  const stray = Object.keys(change).find((name) => !changeNames.includes(name));
  if (stray !== undefined) {
    refuse(definition, `'${stray}' is not supported in a change; use $set, $inc, $unset, $push, $addToSet or $pull.`);
  }
  const fields = Object.values(change).flatMap((part: object | undefined) => Object.keys(part ?? {}));
  for (const [index, field] of fields.entries()) {
    if (Object.hasOwn(Entity.shape, field))
      refuse(definition, `'${field}' is written by the collection itself and is never part of a change.`);
    if (!Object.hasOwn(definition.shape, field)) {
      const [name = ''] = field.split('.');
      const isPath = name !== field && Object.hasOwn(definition.shape, name);
      refuse(
        definition,
        isPath
          ? `the path '${field}' is not supported here: set '${name}' as a whole.`
          : `'${field}' is not a field of the document.`,
      );
    }
    if (fields.indexOf(field) !== index) refuse(definition, `the change names '${field}' twice.`);
  }
  assertValues(definition, change as Parts);
};
