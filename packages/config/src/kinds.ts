import { z } from 'zod';
import type { Presence, Read, Sentence, Setting } from './setting.ts';
import { createSetting } from './setting.ts';

type Range = { readonly min?: number; readonly max?: number };
// With no options at all, inference must fall back to "required", not to the union of all presences.
type None = Record<never, never>;

const wholeNumber = ({ min = 0, max = Number.MAX_SAFE_INTEGER }: Range, unit: string) => {
  const expects = `a whole number from ${min} to ${max}${unit}`;
  const error = `is not ${expects}`;
  const schema = z
    .string()
    .regex(/^-?\d{1,16}$/, { error, abort: true })
    .transform(Number)
    .pipe(z.int({ error }).min(min, { error }).max(max, { error }));
  return { schema, expects, min };
};

/** A whole number; from 0 unless `min` says otherwise. */
export const integer = <const O extends Presence<number> & Range = None>(
  description: Sentence,
  options?: O,
): Setting<Read<number, O>> => {
  const presence: Presence<number> & Range = options ?? {};
  const { schema, expects, min } = wholeNumber(presence, '');
  return createSetting({ description, schema, expects, example: String(presence.default ?? min), presence });
};

/** A duration in milliseconds. */
export const milliseconds = <const O extends Presence<number> & Range = None>(
  description: Sentence,
  options?: O,
): Setting<Read<number, O>> => {
  const presence: Presence<number> & Range = options ?? {};
  const { schema, expects, min } = wholeNumber(presence, ' (milliseconds)');
  return createSetting({ description, schema, expects, example: String(presence.default ?? min), presence });
};

/** A TCP port; 0 lets the system choose. */
export const port = <const O extends Presence<number> = None>(
  description: Sentence,
  options?: O,
): Setting<Read<number, O>> => {
  const presence: Presence<number> = options ?? {};
  const { schema } = wholeNumber({ max: 65_535 }, '');
  const expects = 'a port from 0 to 65535';
  return createSetting({ description, schema, expects, example: String(presence.default ?? 3000), presence });
};

const flagValues: Readonly<Record<string, boolean>> = { true: true, 1: true, false: false, 0: false };

/** A switch: `true`, `false`, `1` or `0`. */
export const flag = <const O extends Presence<boolean> = None>(
  description: Sentence,
  options?: O,
): Setting<Read<boolean, O>> => {
  const presence: Presence<boolean> = options ?? {};
  const expects = 'true, false, 1 or 0';
  const schema = z
    .enum(['true', 'false', '1', '0'], { error: `is not ${expects}` })
    .transform((text): boolean => flagValues[text] === true);
  return createSetting({ description, schema, expects, example: String(presence.default ?? true), presence });
};

/** One of a few words. */
export const oneOf = <
  const V extends readonly [string, ...string[]],
  const O extends { readonly values: readonly string[] } & Presence<NoInfer<V>[number]>,
>(
  description: Sentence,
  options: { readonly values: V } & O,
): Setting<Read<V[number], O>> => {
  const { values, ...presence }: { readonly values: V } & Presence<string> = options;
  const expects = `one of ${values.join(', ')}`;
  const schema = z.enum(values, { error: `is not ${expects}` });
  return createSetting<V[number]>({ description, schema, expects, example: presence.default ?? values[0], presence });
};

type TextOptions = {
  readonly example: string;
  readonly maxLength?: number;
  /** Anchor it to check the whole text, and say in `expects` what it means. */
  readonly pattern?: RegExp;
  /** In words that follow "Set it to". */
  readonly expects?: string;
};

/** Free text, at most 1,000 characters unless `maxLength` says otherwise. */
export const text = <const O extends TextOptions & Presence<string>>(
  description: Sentence,
  options: O,
): Setting<Read<string, O>> => {
  const { example, maxLength = 1000, pattern = /(?:)/, ...presence }: TextOptions & Presence<string> = options;
  const expects = options.expects ?? `a text of at most ${maxLength} characters`;
  const error = `is not ${expects}`;
  const schema = z.string().max(maxLength, { error }).regex(pattern, { error });
  return createSetting({ description, schema, expects, example, presence });
};

/** A host name or an IP address to listen on or to connect to. */
export const host = <const O extends Presence<string> = None>(
  description: Sentence,
  options?: O,
): Setting<Read<string, O>> => {
  const presence: Presence<string> = options ?? {};
  const expects = 'a host name or an IP address';
  const error = `is not ${expects}`;
  const schema = z.union([z.ipv4(), z.ipv6(), z.hostname()], { error });
  return createSetting({ description, schema, expects, example: presence.default ?? '127.0.0.1', presence });
};

type ListOptions = {
  /** Several items, as they would stand in the environment. */
  readonly example: string;
  /** Anchor it to check a whole item. */
  readonly item: RegExp;
  /** In words that follow "Set it to". */
  readonly expects: string;
};

/** Items with commas between them; spaces around an item do not count. */
export const list = <const O extends ListOptions & Presence<readonly string[]>>(
  description: Sentence,
  options: O,
): Setting<Read<readonly string[], O>> => {
  const { example, item, expects, ...presence }: ListOptions & Presence<readonly string[]> = options;
  const schema = z
    .string()
    .transform((source): readonly string[] => source.split(',').map((part) => part.trim()))
    .refine((items) => items.every((one) => item.test(one)), `is not ${expects}`);
  return createSetting<readonly string[]>({
    description,
    schema,
    expects,
    example,
    presence: presence.default === undefined ? presence : { default: presence.default.join(',') },
  });
};

type JsonOptions<T> = {
  readonly schema: z.ZodType<T>;
  /** A noun with its article that says what the schema accepts: "a JSON Web Key Set with public keys only". */
  readonly expects: string;
  readonly example: string;
  /** What the value names is trusted, so `.env.example` shows no value that somebody could copy. */
  readonly trusted?: boolean;
};

/** A JSON document. The messages of the caller's schema are not printed: they could quote the document. */
export const json = <T, const O extends { readonly example: string } & Presence<NoInfer<T>>>(
  description: Sentence,
  options: JsonOptions<T> & O,
): Setting<Read<T, O>> => {
  const { schema: document, expects, example, trusted = false, ...presence }: JsonOptions<T> & Presence<T> = options;
  const schema = z.string().transform((source, context): T => {
    const parsed = parseDocument(source, document);
    if (parsed?.success) return parsed.data;
    context.addIssue(`is not ${expects}`);
    return z.NEVER;
  });
  return createSetting<T>({
    description,
    schema,
    expects,
    example,
    blank: trusted,
    presence: presence.default === undefined ? presence : { default: JSON.stringify(presence.default) },
  });
};

const parseDocument = <T>(source: string, schema: z.ZodType<T>) => {
  try {
    return schema.safeParse(JSON.parse(source));
  } catch {
    // The message of a parser, or of a schema that throws, quotes the document; so only the fact of it is kept.
    return undefined;
  }
};
