import { getRules } from '@plinth/contract-kit';
import fc from 'fast-check';
import { z } from 'zod';
import { createRandom, getSeed } from '../seed.ts';
import { readConstraints } from './constraints.ts';
import { createDates, createNumbers, createStrings } from './scalars.ts';

type Schema = z.core.$ZodType;
type Position = { readonly path: string; readonly depth: number };
type Generator<T extends z.core.$ZodTypes['_zod']['def']['type']> = (
  schema: Extract<z.core.$ZodTypes, { _zod: { def: { type: T } } }>,
  position: Position,
) => fc.Arbitrary<unknown>;

/** Most schemas accept one of the first values. */
const trials = [4, 100];
/** Below this depth optional values are absent and arrays are empty, so that recursive schemas end. */
const optionalDepthMax = 4;
const depthMax = 12;

const isLegal = (schema: Schema, value: unknown): boolean => z.safeParse(schema as z.ZodType, value).success;

/** Filters by the schema. A schema that rejects nearly every value would filter forever, so some values are tried first. */
const filterLegal = (arbitrary: fc.Arbitrary<unknown>, schema: Schema, { path }: Position): fc.Arbitrary<unknown> => {
  const seed = createRandom(getSeed())();
  const hasLegal = trials.some((numRuns) =>
    fc.sample(arbitrary, { numRuns, seed }).some((value) => isLegal(schema, value)),
  );
  if (hasLegal) return arbitrary.filter((value) => isLegal(schema, value));
  const { error } = z.safeParse(schema as z.ZodType, fc.sample(arbitrary, { numRuns: 1, seed })[0]);
  throw new TypeError(
    `No random value of '${path}' satisfies its schema (${error?.issues[0]?.message}). Pass this field as an override.`,
  );
};

const isOptionalInput = (schema: Schema): boolean => schema._zod.optin === 'optional';

const createObjects = (shape: Readonly<Record<string, Schema>>, { path, depth }: Position): fc.Arbitrary<unknown> => {
  if (depth > depthMax) throw new TypeError(`'${path}' is recursive without an end. Pass it as an override.`);
  const entries = Object.entries(shape).filter(([, schema]) => depth < optionalDepthMax || !isOptionalInput(schema));
  const fields = entries.map(([name, schema]) => {
    const { def } = (schema as z.core.$ZodTypes)._zod;
    const valueSchema = def.type === 'optional' ? def.innerType : schema;
    return [name, generate(valueSchema, { path: path ? `${path}.${name}` : name, depth: depth + 1 })] as const;
  });
  const requiredKeys = entries.flatMap(([name, schema]) => (isOptionalInput(schema) ? [] : [name]));
  return fc.record(Object.fromEntries(fields), { requiredKeys, noNullPrototype: true });
};

type Fields = Readonly<Record<string, unknown>>;

/** Repairs the rules of an object that its random fields break. Rules compare outputs, such as dates, so they are decoded first. */
const repairRules = (schema: z.core.$ZodObject, input: unknown): unknown => {
  const { shape } = schema._zod.def;
  return getRules(schema).reduce((fields: Fields, { holds, repair }) => {
    const { data } = z.safeParse(z.object(shape), fields);
    if (!data || holds(data)) return fields;
    const repaired = repair(data);
    const encoded = z.safeEncode(z.object(shape).partial(), repaired);
    // A value that cannot be sent, such as a time that is too late, is left to the filter by the schema.
    return { ...fields, ...encoded.data };
  }, input as Fields);
};

const createArrays = (schema: z.core.$ZodArray, { path, depth }: Position): fc.Arbitrary<unknown> => {
  const { min = 0, max } = readConstraints(schema);
  if (depth >= optionalDepthMax && min === 0) return fc.constant([]);
  const item = generate(schema._zod.def.element, { path: `${path}[]`, depth });
  return fc.array(item, { minLength: min, ...(max !== undefined && { maxLength: max }) });
};

const inner = (
  { _zod }: { readonly _zod: { readonly def: { readonly innerType: Schema } } },
  position: Position,
): fc.Arbitrary<unknown> => generate(_zod.def.innerType, position);

const generators: { readonly [T in z.core.$ZodTypes['_zod']['def']['type']]?: Generator<T> } = {
  string: (schema) => createStrings(readConstraints(schema)),
  template_literal: (schema) => fc.stringMatching(schema._zod.pattern),
  number: (schema) => createNumbers(readConstraints(schema)),
  bigint: () => fc.bigInt(),
  boolean: () => fc.boolean(),
  date: (schema) => createDates(readConstraints(schema)),
  null: () => fc.constant(null),
  undefined: () => fc.constant(undefined),
  any: () => fc.jsonValue(),
  // As JSON is read: it has no negative zero.
  unknown: () => fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown),
  enum: ({ _zod }) => fc.constantFrom(..._zod.values),
  literal: ({ _zod }) => fc.constantFrom(..._zod.def.values),
  object: (schema, position) =>
    createObjects(schema._zod.def.shape, position).map((value) => repairRules(schema, value)),
  array: (schema, position) => createArrays(schema, position),
  tuple: ({ _zod }, { path, depth }) =>
    fc.tuple(..._zod.def.items.map((item, index) => generate(item, { path: `${path}[${index}]`, depth }))),
  record: ({ _zod }, { path, depth }) =>
    depth >= optionalDepthMax
      ? fc.constant({})
      : fc.dictionary(
          generate(_zod.def.keyType, { path: `${path}{}`, depth }) as fc.Arbitrary<string>,
          generate(_zod.def.valueType, { path: `${path}{}`, depth: depth + 1 }),
          { noNullPrototype: true },
        ),
  union: ({ _zod }, position) => fc.oneof(..._zod.def.options.map((option) => generate(option, position))),
  intersection: ({ _zod }, position) =>
    fc
      .tuple(generate(_zod.def.left, position), generate(_zod.def.right, position))
      .map(([left, right]) => ({ ...(left as object), ...(right as object) })),
  lazy: ({ _zod }, { path, depth }) => generate(_zod.def.getter(), { path, depth: depth + 1 }),
  pipe: ({ _zod: { def } }, position) =>
    generate((def.in as z.core.$ZodTypes)._zod.def.type === 'transform' ? def.out : def.in, position),
  optional: (schema, position) =>
    position.depth >= optionalDepthMax
      ? fc.constant(undefined)
      : fc.option(inner(schema, position), { nil: undefined }),
  nullable: (schema, position) =>
    position.depth >= optionalDepthMax ? fc.constant(null) : fc.option(inner(schema, position), { nil: null }),
  default: inner,
  prefault: inner,
  readonly: inner,
  nonoptional: inner,
  catch: inner,
};

const generate = (schema: Schema, position: Position): fc.Arbitrary<unknown> => {
  const { type, checks } = (schema as z.core.$ZodTypes)._zod.def;
  const generator = generators[type] as ((schema: Schema, position: Position) => fc.Arbitrary<unknown>) | undefined;
  if (!generator)
    throw new TypeError(`'${position.path}' is a ${type}, which has no random values. Pass this field as an override.`);
  const arbitrary = generator(schema, position);
  const isChecked =
    (checks?.length ?? 0) > 0 || 'check' in (schema as z.core.$ZodTypes)._zod.def || type === 'intersection';
  return isChecked ? filterLegal(arbitrary, schema, position) : arbitrary;
};

const created = new WeakMap<Schema, Map<string, fc.Arbitrary<unknown>>>();

/**
 * Creates an arbitrary of the inputs that a schema accepts, including unusual ones. `path` names the schema in messages. It is kept for the
 * next call, because its creation takes longer than hundreds of values.
 */
export const createArbitrary = <S extends Schema>(schema: S, path = 'value'): fc.Arbitrary<z.input<S>> => {
  const byPath = created.get(schema) ?? new Map<string, fc.Arbitrary<unknown>>();
  created.set(schema, byPath);
  const arbitrary = byPath.get(path) ?? generate(schema, { path, depth: 0 });
  byPath.set(path, arbitrary);
  return arbitrary as fc.Arbitrary<z.input<S>>;
};
