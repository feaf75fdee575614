import { z } from 'zod';
import { refusal } from './refusal.ts';

/** Longer tokens are refused before any work is spent on them. */
export const tokenLengthMax = 8 * 1024;

// An Ed25519 signature has 64 bytes: 86 characters, of which the last carries two bits.
const compactForm = /^[\w-]+\.[\w-]+\.[\w-]{85}[AQgw]$/;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

// Strict, so that `jku`, `x5u`, `jwk`, `x5c`, `crit`, `b64`, `zip` and whatever comes after them are refused by absence.
const Header = z.strictObject(
  {
    alg: z.literal('EdDSA', 'The algorithm (`alg`) of the token is not EdDSA.'),
    typ: z.literal('at+jwt', 'The type (`typ`) of the token is not at+jwt, so it is not an access token.'),
    kid: z.string('The token does not say which key signed it (`kid`).'),
  },
  'The header of the token must be an object with `alg`, `typ` and `kid` and nothing else.',
);

/** The JSON of one part of a token. `part` is our own word for it. */
export const parseJson = (bytes: Uint8Array, part: 'header' | 'payload'): unknown => {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    // The parser's error quotes what it read, so it is not kept, not even as a cause.
    throw refusal(`The ${part} of the token is not JSON.`);
  }
};

const decode = (text: string): Uint8Array => {
  const bytes = Buffer.from(text, 'base64url');
  // The decoder skips spare bits; they would give one token several spellings.
  if (bytes.toString('base64url') !== text) throw refusal('The token is not in canonical base64url.');
  return bytes;
};

/**
 * Checks the form of a token and its header, without trusting either.
 * @returns the opaque name of the key that must have signed it.
 */
export const parseToken = (token: string): { readonly kid: string } => {
  if (!compactForm.test(token)) throw refusal('The token is not a JWT in compact form with an Ed25519 signature.');
  const [header = '', payload = ''] = token.split('.');
  decode(payload);
  const parsed = Header.safeParse(parseJson(decode(header), 'header'));
  if (!parsed.success) throw refusal(parsed.error.issues[0]?.message ?? 'The header of the token is not valid.');
  return parsed.data;
};
