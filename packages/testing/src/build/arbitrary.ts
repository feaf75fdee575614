import fc from 'fast-check';
import { z } from 'zod';
import { createRandom, seed } from '../seed.ts';
import { factsOf } from './facts.ts';
import { dateOf, numberOf, stringOf } from './scalars.ts';

type Schema = z.core.$ZodType;
type Place = { readonly path: string; readonly depth: number };
type Walk<T extends z.core.$ZodTypes['_zod']['def']['type']> = (
  schema: Extract<z.core.$ZodTypes, { _zod: { def: { type: T } } }>,
  place: Place,
) => fc.Arbitrary<unknown>;

const trials = 100;
/** From this nesting on everything that may be absent or empty is, so that recursive schemas end. */
const deep = 4;
const deepest = 12;

const isLegal = (schema: Schema, value: unknown): boolean => z.safeParse(schema as z.ZodType, value).success;

/** Filters by the schema itself. What hardly ever passes would be filtered for ever, so it is tried out first. */
const held = (arbitrary: fc.Arbitrary<unknown>, schema: Schema, { path }: Place): fc.Arbitrary<unknown> => {
  const samples = fc.sample(arbitrary, { numRuns: trials, seed: createRandom(seed)() });
  if (samples.some((value) => isLegal(schema, value))) return arbitrary.filter((value) => isLegal(schema, value));
  const { error } = z.safeParse(schema as z.ZodType, samples[0]);
  throw new TypeError(
    `No random value of '${path}' satisfies its schema (${error?.issues[0]?.message}). Give this field as an override.`,
  );
};

const isOptionalInput = (schema: Schema): boolean => schema._zod.optin === 'optional';

const objectOf = (shape: Readonly<Record<string, Schema>>, { path, depth }: Place): fc.Arbitrary<unknown> => {
  if (depth > deepest) throw new TypeError(`'${path}' is recursive without an end. Give it as an override.`);
  const entries = Object.entries(shape).filter(([, schema]) => depth < deep || !isOptionalInput(schema));
  const fields = entries.map(([name, schema]) => {
    const inner = (schema as z.core.$ZodTypes)._zod.def;
    const own = inner.type === 'optional' ? inner.innerType : schema;
    return [name, walk(own, { path: path ? `${path}.${name}` : name, depth: depth + 1 })] as const;
  });
  const requiredKeys = entries.flatMap(([name, schema]) => (isOptionalInput(schema) ? [] : [name]));
  return fc.record(Object.fromEntries(fields), { requiredKeys, noNullPrototype: true });
};

const listOf = (schema: z.core.$ZodArray, { path, depth }: Place): fc.Arbitrary<unknown> => {
  const { least = 0, most } = factsOf(schema);
  if (depth >= deep && least === 0) return fc.constant([]);
  const item = walk(schema._zod.def.element, { path: `${path}[]`, depth });
  return fc.array(item, { minLength: least, ...(most !== undefined && { maxLength: most }) });
};

const inner = (
  { _zod }: { readonly _zod: { readonly def: { readonly innerType: Schema } } },
  place: Place,
): fc.Arbitrary<unknown> => walk(_zod.def.innerType, place);

const walks: { readonly [T in z.core.$ZodTypes['_zod']['def']['type']]?: Walk<T> } = {
  string: (schema) => stringOf(factsOf(schema)),
  template_literal: (schema) => fc.stringMatching(schema._zod.pattern),
  number: (schema) => numberOf(factsOf(schema)),
  bigint: () => fc.bigInt(),
  boolean: () => fc.boolean(),
  date: (schema) => dateOf(factsOf(schema)),
  null: () => fc.constant(null),
  undefined: () => fc.constant(undefined),
  any: () => fc.jsonValue(),
  unknown: () => fc.jsonValue(),
  enum: ({ _zod }) => fc.constantFrom(..._zod.values),
  literal: ({ _zod }) => fc.constantFrom(..._zod.def.values),
  object: ({ _zod }, place) => objectOf(_zod.def.shape, place),
  array: (schema, place) => listOf(schema, place),
  tuple: ({ _zod }, { path, depth }) =>
    fc.tuple(..._zod.def.items.map((item, at) => walk(item, { path: `${path}[${at}]`, depth }))),
  record: ({ _zod }, { path, depth }) =>
    depth >= deep
      ? fc.constant({})
      : fc.dictionary(
          walk(_zod.def.keyType, { path: `${path}{}`, depth }) as fc.Arbitrary<string>,
          walk(_zod.def.valueType, { path: `${path}{}`, depth: depth + 1 }),
          { noNullPrototype: true },
        ),
  union: ({ _zod }, place) => fc.oneof(..._zod.def.options.map((option) => walk(option, place))),
  intersection: ({ _zod }, place) =>
    fc
      .tuple(walk(_zod.def.left, place), walk(_zod.def.right, place))
      .map(([left, right]) => ({ ...(left as object), ...(right as object) })),
  lazy: ({ _zod }, { path, depth }) => walk(_zod.def.getter(), { path, depth: depth + 1 }),
  pipe: ({ _zod: { def } }, place) =>
    walk((def.in as z.core.$ZodTypes)._zod.def.type === 'transform' ? def.out : def.in, place),
  optional: (schema, place) =>
    place.depth >= deep ? fc.constant(undefined) : fc.option(inner(schema, place), { nil: undefined }),
  nullable: (schema, place) =>
    place.depth >= deep ? fc.constant(null) : fc.option(inner(schema, place), { nil: null }),
  default: inner,
  prefault: inner,
  readonly: inner,
  nonoptional: inner,
  catch: inner,
};

const walk = (schema: Schema, place: Place): fc.Arbitrary<unknown> => {
  const { type, checks } = (schema as z.core.$ZodTypes)._zod.def;
  const make = walks[type] as ((schema: Schema, place: Place) => fc.Arbitrary<unknown>) | undefined;
  if (!make)
    throw new TypeError(
      `'${place.path}' is a ${type}, of which no random value is made. Give this field as an override.`,
    );
  const arbitrary = make(schema, place);
  const isChecked =
    (checks?.length ?? 0) > 0 || 'check' in (schema as z.core.$ZodTypes)._zod.def || type === 'intersection';
  return isChecked ? held(arbitrary, schema, place) : arbitrary;
};

/** Values that a schema accepts as its input, also nasty ones. `path` is where it stands, for messages. */
export const createArbitrary = <S extends Schema>(schema: S, path = 'value'): fc.Arbitrary<z.input<S>> =>
  walk(schema, { path, depth: 0 }) as fc.Arbitrary<z.input<S>>;
