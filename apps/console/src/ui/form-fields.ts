import { z } from 'zod';

/** A field of a form, derived from the field of a DTO. */
export type FormField = {
  readonly name: string;
  readonly isRequired: boolean;
  readonly hint: string | undefined;
} & (
  | { readonly control: 'select'; readonly options: readonly string[] }
  | { readonly control: 'number' }
  | { readonly control: 'text'; readonly type: 'text' | 'email'; readonly lengthMax: number | undefined }
  | { readonly control: 'textarea'; readonly lengthMax: number | undefined }
);

/** Longer texts have a control of several lines. */
const lineLengthMax = 500;

const unwrap = (schema: z.core.$ZodType): z.core.$ZodType => {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'optional' || def.type === 'nullable' || def.type === 'default' ? unwrap(def.innerType) : schema;
};

const toControl = (schema: z.core.$ZodType) => {
  if (schema instanceof z.ZodEnum) return { control: 'select', options: schema.options.map(String) } as const;
  if (schema instanceof z.ZodNumber) return { control: 'number' } as const;
  if (!(schema instanceof z.ZodString)) return undefined;
  const lengthMax = schema.maxLength ?? undefined;
  if ((lengthMax ?? 0) > lineLengthMax) return { control: 'textarea', lengthMax } as const;
  const isEmail = schema._zod.def.checks?.some(({ _zod: { def } }) => (def as { format?: string }).format === 'email');
  return { control: 'text', type: isEmail ? 'email' : 'text', lengthMax } as const;
};

/** Returns the fields of a DTO that a form can show. The screen adds the others itself, such as amounts of money. */
export const toFormFields = (schema: z.ZodObject): readonly FormField[] =>
  Object.entries(schema.shape).flatMap(([name, field]) => {
    const control = toControl(unwrap(field));
    const isRequired = !z.safeParse(field, undefined).success;
    const hint = (field as z.ZodType).description ?? (unwrap(field) as z.ZodType).description;
    return control ? [{ name, isRequired, hint, ...control }] : [];
  });
