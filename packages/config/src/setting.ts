import { z } from 'zod';

/** Schemas from a text to a value, by the name of the environment variable. */
export type Settings = { readonly [name: string]: z.core.$ZodType };

/** The frozen values of settings, under the same names. */
export type Config<S extends Settings> = { readonly [N in keyof S]: z.output<S[N]> };

// Strict, so that a misspelled key of `.meta()` fails at the first start.
const Meta = z.strictObject({
  description: z.string().endsWith('.'),
  /** The valid values, in words that follow "Set it to". */
  expects: z.string(),
  /** A valid text. A secret or a trusted key has none, because readers copy examples. */
  example: z.string().optional(),
  isSecret: z.boolean().default(false),
  /** The name of a setting that must have a different value. 0 is exempt: for each port 0 the system chooses a different port. */
  differsFrom: z.string().optional(),
});

export type SettingInfo = z.output<typeof Meta> & {
  readonly name: string;
  readonly required: boolean;
  /** The default as text. */
  readonly defaultText: string | undefined;
};

const getMeta = (schema: z.core.$ZodType) => {
  // `.default()` and `.optional()` do not inherit the metadata of the schema that they wrap.
  const inner = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return Meta.safeParse({ ...z.globalRegistry.get(inner), ...z.globalRegistry.get(schema) });
};

/**
 * Reads the metadata of a setting.
 * @throws a `TypeError` for a mistake in its declaration.
 */
export const describeSetting = (name: string, schema: z.core.$ZodType): SettingInfo => {
  const assert = (condition: unknown, message: string): void => {
    if (!condition) throw new TypeError(`The setting '${name}' ${message}`);
  };
  const meta = getMeta(schema);
  if (!meta.success) throw new TypeError(`The metadata of the setting '${name}': ${z.prettifyError(meta.error)}`);
  const { success, data } = z.safeParse(schema, undefined);
  const defaultText = typeof data === 'string' ? data : (JSON.stringify(data) as string | undefined);
  const example = defaultText ?? meta.data.example;
  assert(/^[A-Z][A-Z0-9_]*$/.test(name), 'needs a name of capital letters, digits and underscores.');
  assert(!meta.data.isSecret || example === undefined, 'is a secret, so it has neither a default nor an example.');
  for (const text of [defaultText, example].filter((value) => value !== undefined)) {
    assert(
      z.safeParse(schema, text).success,
      `has the default or example '${text}', which is not ${meta.data.expects}.`,
    );
    assert(!/:\/\/[^/?#\s]*@/.test(text), 'has credentials in its default or example.');
  }
  return { ...meta.data, name, example, defaultText, required: !success };
};
