import type { z } from 'zod';

type Schema = z.core.$ZodType | undefined;

const getDef = (schema: Schema) => (schema as z.core.$ZodTypes | undefined)?._zod.def;

/** True for a field that documents may lack, or that may be null: bounds match no such document. */
export const acceptsAbsence = (schema: Schema): boolean => {
  const type = getDef(schema)?.type;
  return type === 'optional' || type === 'nullable';
};

/** True for an array, optional or not. */
export const isArray = (schema: Schema): boolean => {
  const def = getDef(schema);
  return def?.type === 'array' || (def !== undefined && 'innerType' in def && isArray(def.innerType));
};
