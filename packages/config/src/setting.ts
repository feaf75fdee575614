import type { z } from 'zod';

/** One sentence, with its full stop: it becomes the comment in `.env.example`. */
export type Sentence = `${string}.`;

/** One setting: what it means, how its text becomes a value, and what is there when it is absent. */
export type Setting<T = unknown> = {
  /** From the text in the environment. Its messages are static, because they are printed. */
  readonly schema: z.ZodType<T>;
  readonly description: string;
  /** What a valid value is, in words that follow "Set it to". */
  readonly expects: string;
  /** A valid value as text; empty for a secret, which must not invite copying. */
  readonly example: string;
  readonly secret: boolean;
  /** Shown without an example in `.env.example`, because what it names is trusted. */
  readonly blank: boolean;
  readonly optional: boolean;
  /** The default as it would stand in the environment. */
  readonly defaultText: string | undefined;
};

/** The settings of a program, by the name of the environment variable. */
export type Settings = { readonly [name: string]: Setting };

/** The frozen values of settings, under the same names. */
export type Config<S extends Settings> = {
  readonly [N in keyof S]: S[N] extends Setting<infer T> ? T : never;
};

/** A setting is required unless it has a default or is optional; it cannot be both. */
export type Presence<T> =
  | { readonly default: T; readonly optional?: never }
  | { readonly optional: true; readonly default?: never }
  | { readonly default?: never; readonly optional?: never };

/** What reading a setting gives: optional settings may be undefined. */
export type Read<T, O> = O extends { readonly optional: true } ? T | undefined : T;

type Parts<T> = {
  readonly description: string;
  readonly schema: z.ZodType<T>;
  readonly expects: string;
  readonly example: string;
  readonly blank?: boolean;
  readonly presence: { readonly default?: unknown; readonly optional?: true | undefined };
};

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Builds a setting that is not secret; its default and example must be values that it would accept itself. */
export const createSetting = <T>({
  description,
  schema,
  expects,
  example,
  blank = false,
  presence,
}: Parts<T>): Setting<T> => {
  if (description.trim() === '') throw new TypeError('A setting needs a description.');
  const defaultText = presence.default === undefined ? undefined : asText(presence.default);
  for (const text of defaultText === undefined ? [example] : [example, defaultText]) {
    if (!schema.safeParse(text).success) {
      throw new TypeError(`'${text}', given as default or example, is not ${expects} ("${description}").`);
    }
  }
  return Object.freeze({
    schema,
    description,
    expects,
    example,
    secret: false,
    blank,
    optional: presence.optional === true,
    defaultText,
  });
};
