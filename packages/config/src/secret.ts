import { z } from 'zod';
import type { Read, Sentence, Setting } from './setting.ts';

type SecretOptions = {
  /** In characters; 32 by default, as `openssl rand -base64 32` exceeds it. */
  readonly minLength?: number;
  readonly optional?: true;
  /** A secret never has a default: it would be the same, and known, wherever nobody set it. */
  readonly default?: never;
};

/** How a person makes a secret that passes every check. */
export const generateCommand = 'openssl rand -base64 32';

// Each word is long enough that chance does not put it into a generated secret.
const placeholder =
  /changeme|changethis|replaceme|replacethis|placeholder|yoursecret|mysecret|supersecret|secrethere|example|password/;

// A generated secret of 16 characters or more has more distinct characters than this; "aaaa…" and "12341234…" do not.
const distinctMin = 6;

const isPlaceholder = (value: string): boolean => placeholder.test(value.toLowerCase().replace(/[^a-z0-9]/g, ''));

/** A secret, at least 32 characters unless `minLength` says otherwise; known placeholders are refused. */
export const secret = <const O extends SecretOptions = Record<never, never>>(
  description: Sentence,
  options?: O,
): Setting<Read<string, O>> => {
  const { minLength = 32, optional, ...rest }: SecretOptions = options ?? {};
  if (description.trim() === '') throw new TypeError('A setting needs a description.');
  if ('default' in rest) throw new TypeError(`A secret has no default ("${description}").`);
  const schema = z
    .string()
    .refine((value) => !isPlaceholder(value), { error: 'is a placeholder', abort: true })
    .min(minLength, { error: `is shorter than ${minLength} characters`, abort: true })
    .refine((value) => new Set(value).size >= distinctMin, { error: 'is too regular to be a secret' });
  return Object.freeze({
    schema,
    description,
    expects: `a secret of at least ${minLength} characters`,
    example: '',
    secret: true,
    blank: true,
    optional: optional === true,
    defaultText: undefined,
  });
};
