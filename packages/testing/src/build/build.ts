import { type CollectionDefinition, type Draft, Entity } from '@plinth/kernel';
import fc from 'fast-check';
import { anId } from '../contexts.ts';
import { random } from '../seed.ts';
import { arbitraryOf } from './arbitrary.ts';

type Fields = Record<string, unknown>;
type AnySchema = CollectionDefinition['shape'][string];

const arbitraries = new WeakMap<AnySchema, fc.Arbitrary<unknown>>();

const sampleOf = (schema: AnySchema, path: string): unknown => {
  const arbitrary = arbitraries.get(schema) ?? arbitraryOf(schema, path);
  arbitraries.set(schema, arbitrary);
  return fc.sample(arbitrary, { numRuns: 1, seed: random() | 0 })[0];
};

const assertLegal = ({ name, schema }: CollectionDefinition, draft: Fields): void => {
  const now = new Date();
  const document = { ...draft, _id: anId(), tenantId: anId(), version: 1, createdAt: now, updatedAt: now };
  const { error } = schema.safeParse(document);
  if (!error) return;
  const faults = error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
  throw new TypeError(
    `What was built for '${name}' is not valid (${faults.join('; ')}). Give these fields as overrides.`,
  );
};

/**
 * A random valid draft of a collection, the same for the same seed and calls. Fields that matter to a test are given;
 * one that is given as undefined is left out.
 * @throws when a field is unknown, cannot be made at random, or the whole is not valid.
 */
export const build = <D extends Entity>(
  definition: CollectionDefinition<D>,
  overrides: Partial<Draft<D>> = {},
): Draft<D> => {
  const own = Object.keys(definition.shape).filter((field) => !Object.hasOwn(Entity.shape, field));
  const unknown = Object.keys(overrides).find((field) => !own.includes(field));
  if (unknown)
    throw new TypeError(`'${unknown}' is not a field of a draft of '${definition.name}'; it has ${own.join(', ')}.`);
  const draft: Fields = {};
  for (const field of own) {
    const isGiven = Object.hasOwn(overrides, field);
    const value = isGiven
      ? (overrides as Fields)[field]
      : sampleOf(definition.shape[field] as AnySchema, `${definition.name}.${field}`);
    if (value !== undefined) draft[field] = value;
  }
  assertLegal(definition as unknown as CollectionDefinition, draft);
  return draft as Draft<D>;
};
