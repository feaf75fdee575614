import { getRules } from '@plinth/contract-kit';
import {
  type CollectionDefinition,
  type Draft,
  Entity,
  getManagedFields,
  toStoredDraft,
  type UntypedDefinition,
} from '@plinth/data-kit';
import fc from 'fast-check';
import { createId } from '../contexts.ts';
import { random } from '../seed.ts';
import { createArbitrary } from './arbitrary.ts';

type Fields = Record<string, unknown>;
type AnySchema = CollectionDefinition['shape'][string];

const createSample = (schema: AnySchema, path: string): unknown =>
  fc.sample(createArbitrary(schema, path), { numRuns: 1, seed: random() | 0 })[0];

const assertLegal = (definition: CollectionDefinition, draft: Fields): void => {
  const { name, schema } = definition;
  const now = new Date();
  const document = {
    ...toStoredDraft(definition, draft),
    _id: createId(),
    tenantId: createId(),
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  const { error } = schema.safeParse(document);
  if (!error) return;
  const issues = error.issues.map(({ path, message }) => `${path.join('.') || 'the document'}: ${message}`);
  throw new TypeError(
    `The draft built for '${name}' is not valid (${issues.join('; ')}). Pass these fields as overrides.`,
  );
};

const built = new WeakMap<object, Set<string>>();

/** Claims the unique values of a draft. @returns false when an earlier draft had one of them. */
const claimValues = (definition: UntypedDefinition, draft: Fields): boolean => {
  const { indexes } = definition;
  const stored = toStoredDraft(definition, draft);
  const taken = built.get(indexes) ?? new Set<string>();
  built.set(indexes, taken);
  const unique = Object.entries(indexes).filter(([, { unique: code }]) => code !== undefined);
  const keys = unique.map(([name, { fields }]) => JSON.stringify([name, ...fields.map((field) => stored[field])]));
  const isFree = !keys.some((key) => taken.has(key));
  for (const key of keys) taken.add(key);
  return isFree;
};

const createDraft = (definition: UntypedDefinition, draftFields: readonly string[], overrides: Fields): Fields => {
  const draft: Fields = {};
  for (const field of draftFields) {
    const isOverridden = Object.hasOwn(overrides, field);
    const value = isOverridden
      ? overrides[field]
      : createSample(definition.shape[field] as AnySchema, `${definition.name}.${field}`);
    if (value !== undefined) draft[field] = value;
  }
  return draft;
};

const breaksRule = ({ schema }: CollectionDefinition, draft: Fields): boolean =>
  getRules(schema).some(({ holds }) => !holds(draft));

/** Repairs the rules that a draft breaks, without a change of its overrides. */
const repairRules = ({ schema }: CollectionDefinition, draft: Fields, overrides: Fields): Fields => {
  let fields = draft;
  for (const { holds, repair } of getRules(schema)) {
    if (holds(fields)) continue;
    const repaired = Object.entries(repair(fields)).filter(([name]) => !Object.hasOwn(overrides, name));
    fields = { ...fields, ...Object.fromEntries(repaired) };
  }
  return fields;
};

/** Short random values collide sometimes, but not this many times in a row. */
const triesMax = 50;

/**
 * Creates a random valid draft of a collection, whose unique fields differ from those of every earlier draft. The same seed and calls
 * create the same drafts. Overrides set fields; undefined removes one.
 * @throws when a field is unknown or has no random values, or the draft is not valid.
 */
export const build = <D extends Entity>(
  definition: CollectionDefinition<D>,
  overrides: Partial<Draft<D>> = {},
): Draft<D> => {
  const managed = getManagedFields(definition);
  const draftFields = Object.keys(definition.shape).filter(
    (field) => !Object.hasOwn(Entity.shape, field) && !managed.includes(field),
  );
  const unknown = Object.keys(overrides).find((field) => !draftFields.includes(field));
  if (unknown)
    throw new TypeError(
      `'${unknown}' is not a field of a draft of '${definition.name}'; it has ${draftFields.join(', ')}.`,
    );
  const untyped = definition as unknown as CollectionDefinition;
  const create = (): Fields => repairRules(untyped, createDraft(definition, draftFields, overrides), overrides);
  const isUsable = (draft: Fields): boolean => !breaksRule(untyped, draft) && claimValues(definition, draft);
  let draft = create();
  for (let tries = 1; tries < triesMax && !isUsable(draft); tries += 1) draft = create();
  assertLegal(untyped, draft);
  return draft as Draft<D>;
};
