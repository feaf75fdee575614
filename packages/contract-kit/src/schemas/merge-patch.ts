import { z } from 'zod';

type IsOptional<S> = S extends z.ZodOptional ? true : false;

type PatchShape<Shape extends z.core.$ZodShape> = {
  [K in keyof Shape]: IsOptional<Shape[K]> extends true
    ? z.ZodOptional<z.ZodNullable<Shape[K] extends z.ZodOptional<infer I> ? I : never>>
    : z.ZodOptional<Shape[K]>;
};

const toPatchField = (name: string, schema: z.core.$ZodType): z.core.$ZodType => {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  if (inner instanceof z.core.$ZodObject) {
    throw new TypeError(
      `The field '${name}' is an object, which a merge patch would merge. Change it with a separate route.`,
    );
  }
  return schema instanceof z.ZodOptional ? z.optional(z.nullable(inner)) : z.optional(inner);
};

/**
 * Creates the schema of a PATCH body as JSON merge patch (RFC 7396): an absent field stays, and `null` removes an optional
 * field. @throws `TypeError` for a field that is an object, because a patch would merge it.
 */
export const toMergePatch = <Shape extends z.core.$ZodShape>(
  schema: z.ZodObject<Shape>,
): z.ZodObject<PatchShape<Shape>> =>
  z.object(
    Object.fromEntries(Object.entries(schema._zod.def.shape).map(([name, field]) => [name, toPatchField(name, field)])),
  ) as unknown as z.ZodObject<PatchShape<Shape>>;
