import { z } from 'zod';

/** A whole number, from 0 by default. */
export const integer = ({ min = 0, max = Number.MAX_SAFE_INTEGER } = {}) =>
  z
    .string()
    .regex(/^-?\d{1,16}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .meta({ expects: `a whole number from ${min} to ${max}`, example: String(min) });

/** A TCP port; 0 lets the system choose. */
export const port = () => integer({ max: 65_535 }).meta({ expects: 'a port from 0 to 65535', example: '3000' });

export const flag = () =>
  z
    .stringbool({ truthy: ['true', '1'], falsy: ['false', '0'], case: 'sensitive' })
    .meta({ expects: 'true, false, 1 or 0', example: 'true' });

export const oneOf = <const V extends readonly [string, ...string[]]>(...values: V) =>
  z.enum(values).meta({ expects: `one of ${values.join(', ')}`, example: values[0] });

/** A text of at most 1,000 characters. A `pattern` needs anchors, and an `expects` in its metadata. */
export const text = (pattern = /^/) =>
  z.string().max(1000).regex(pattern).meta({ expects: 'a text of at most 1000 characters' });

/** A host name or an IP address to listen on. */
export const host = () =>
  z.union([z.ipv4(), z.ipv6(), z.hostname()]).meta({ expects: 'a host name or an IP address', example: '127.0.0.1' });

/** Items with commas between them; spaces around an item do not count. */
export const list = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((source) => source.split(',').map((part) => part.trim()))
    .pipe(z.array(item))
    .readonly();

/** A JSON document. */
export const json = <T>(schema: z.ZodType<T>, expects: string) =>
  z
    .string()
    .transform((source, context): T => {
      try {
        return schema.parse(JSON.parse(source));
      } catch {
        // The messages of the parser and of the schema may quote the document.
        context.addIssue('is not valid');
        return z.NEVER;
      }
    })
    .meta({ expects });

type Scheme = 'mongodb' | 'mongodb+srv' | 'redis' | 'rediss' | 'http' | 'https' | 'smtp' | 'smtps';

const isUrl = (value: string, schemes: readonly string[]): boolean => {
  // `new URL` rejects the several hosts of a MongoDB URI. An @ after the authority is an unescaped / ? or # in a password.
  const [, scheme = '', authority = ''] = /^([a-z][a-z+]*):\/\/([^/?#\s]+)[^\s@]*$/.exec(value) ?? [];
  const hosts = authority.slice(authority.lastIndexOf('@') + 1).split(',');
  if (!schemes.includes(scheme) || (hosts.length > 1 && scheme !== 'mongodb')) return false;
  return hosts.every((name) => /^[^:]/.test(name) && URL.canParse(`${scheme}://${name}`));
};

export const url = (...schemes: readonly [Scheme, ...Scheme[]]) =>
  z
    .string()
    .refine((value) => isUrl(value, schemes), 'is not valid')
    .meta({ expects: `a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}` });

// Each word is so long that a generated secret does not contain it by chance.
const placeholder =
  /changeme|changethis|replaceme|replacethis|placeholder|yoursecret|mysecret|supersecret|secrethere|example|password/;

/** A secret of at least 32 characters. It has no default: a default would be public. */
export const secret = () =>
  z
    .string()
    .refine((value) => !placeholder.test(value.toLowerCase().replace(/[^a-z0-9]/g, '')), {
      error: 'is a placeholder',
      abort: true,
    })
    .refine((value) => value.length >= 32, { error: 'is shorter than 32 characters', abort: true })
    .refine((value) => new Set(value).size >= 6, 'is too regular to be a secret')
    .meta({ expects: 'a secret of at least 32 characters, made with `openssl rand -base64 32`', isSecret: true });
