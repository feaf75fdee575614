import { z } from 'zod';
import { dataClasses } from './data-class.ts';
import { toFieldMessage, toInvalidRequest } from './invalid-fields.ts';

type PatchField<S extends z.core.$ZodType> = S extends z.ZodObject<infer Shape> ? z.ZodObject<PatchShape<Shape>> : S;

type PatchShape<Shape extends z.core.$ZodShape> = {
  [K in keyof Shape]: Shape[K] extends z.ZodOptional<infer I extends z.core.$ZodType>
    ? z.ZodOptional<z.ZodNullable<PatchField<I>>>
    : z.ZodOptional<PatchField<Shape[K]>>;
};

/** A parsed merge patch of an object with this shape. */
export type MergePatch<Shape extends z.core.$ZodShape> = z.output<z.ZodObject<PatchShape<Shape>>>;

const unwrap = (schema: z.core.$ZodType): z.core.$ZodType =>
  schema instanceof z.core.$ZodOptional ? schema._zod.def.innerType : schema;

const toPatchField = (schema: z.core.$ZodType): z.core.$ZodType => {
  const inner = unwrap(schema);
  const patch = inner instanceof z.core.$ZodObject ? toPatchObject(inner) : inner;
  return z.optional(inner === schema ? patch : z.nullable(patch));
};

/** The rules of an object apply to the result, so its patch has none. */
const toPatchObject = (schema: z.core.$ZodObject): z.ZodObject => {
  const { shape, catchall } = schema._zod.def;
  const fields = Object.entries(shape).map(([name, field]) => [name, toPatchField(field)]);
  const object: z.ZodObject = z.object(Object.fromEntries(fields));
  const patch = catchall ? object.catchall(catchall) : object;
  const classified = dataClasses.get(schema);
  if (classified) dataClasses.add(patch, classified);
  return patch;
};

/**
 * Creates the schema of a PATCH body as JSON merge patch (RFC 7396): an absent field stays, `null` removes an optional field, and
 * the fields of an object are patched one by one. Arrays, records and unions are replaced as a whole.
 */
export const toMergePatch = <Shape extends z.core.$ZodShape>(
  schema: z.ZodObject<Shape>,
): z.ZodObject<PatchShape<Shape>> => toPatchObject(schema) as unknown as z.ZodObject<PatchShape<Shape>>;

type Fields = Readonly<Record<string, unknown>>;

const merge = (schema: z.core.$ZodObject, whole: Fields, patch: Fields): Fields => {
  const fields = Object.entries(schema._zod.def.shape).map(([name, field]) => {
    const [old, value, inner] = [whole[name], patch[name], unwrap(field)];
    if (value === undefined) return [name, old];
    if (value === null && inner !== field) return [name, undefined];
    if (!(inner instanceof z.core.$ZodObject)) return [name, value];
    return [name, merge(inner, (old ?? {}) as Fields, value as Fields)];
  });
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
};

/**
 * Returns the fields of `schema` after a merge patch of them. Only the result can be validated as a whole: a patch may begin an
 * object without its required fields, or break a rule over several fields.
 * @throws `invalid-request`, which names the fields of the body.
 */
export const applyMergePatch = <Shape extends z.core.$ZodShape>(
  schema: z.ZodObject<Shape>,
  whole: z.output<z.ZodObject<Shape>>,
  patch: MergePatch<Shape>,
): z.output<z.ZodObject<Shape>> => {
  const merged = merge(schema, whole as Fields, patch as Fields) as z.output<z.ZodObject<Shape>>;
  // The fields are outputs of the schema, such as dates, so they are validated in its direction of responses.
  const { error } = z.safeEncode(schema, merged, { error: toFieldMessage });
  if (error) throw toInvalidRequest(error, { location: 'body', data: patch });
  return merged;
};
