import { commonErrors } from '@plinth/contract-kit';
import { type Principal } from '@plinth/data-kit';
import { z } from 'zod';
import { parseJson } from './parse-token.ts';
import { refusal } from './refusal.ts';

/** An access token lives fifteen minutes at most. */
export const lifetimeSecondsMax = 900;

// For an issuer whose clock is ahead of ours. `exp` has no tolerance: a client renews at `token-expired`, so none is
// needed, and the cache and the first look then agree on every token.
export const skewSeconds = 30;

export type Parties = { readonly issuer: string; readonly audience: string };

const id = (claim: 'sub' | 'tenantId') => {
  const error = `The claim \`${claim}\` of the token is missing or is not a UUIDv7 in lower case.`;
  return z.uuidv7(error).lowercase(error);
};

const seconds = (claim: 'exp' | 'iat' | 'nbf') => {
  const error = `The claim \`${claim}\` of the token is missing or is not a whole number of seconds.`;
  return z.int(error).min(0, error);
};

const rolesError = 'The claim `roles` of the token is missing or is not a short list of short names.';

/** The claims of an access token. Others may stand beside them; they mean nothing here. */
const claimsSchema = ({ issuer, audience }: Parties) =>
  z.object(
    {
      iss: z.literal(issuer, 'The issuer (`iss`) of the token is missing or is not the one that this API trusts.'),
      // A token for two audiences could be carried from the one to the other, so an array must name us alone.
      aud: z.union(
        [z.literal(audience), z.tuple([z.literal(audience)])],
        'The audience (`aud`) of the token is missing or is not this API alone.',
      ),
      sub: id('sub'),
      tenantId: id('tenantId'),
      roles: z.array(z.string(rolesError).regex(/^[\x21-\x7e]{1,64}$/, rolesError), rolesError).max(32, rolesError),
      iat: seconds('iat'),
      nbf: seconds('nbf'),
      exp: seconds('exp'),
    },
    'The payload of the token is not an object.',
  );

export type Claims = z.infer<ReturnType<typeof claimsSchema>>;

/** Whom a token names, since when in epoch seconds as it says itself, and until when in epoch milliseconds. */
export type Verified = {
  readonly principal: Principal;
  readonly issuedAtSeconds: number;
  readonly expiresAtMs: number;
};

// Each comparison is written so that a clock without a time (NaN) refuses.
const assertTimes = ({ iat, nbf, exp }: Claims, now: number): void => {
  if (exp <= iat || exp - iat > lifetimeSecondsMax) {
    throw refusal('The token lives longer than the fifteen minutes that are allowed, or ends before it begins.');
  }
  if (!(iat <= now + skewSeconds)) throw refusal('The token says that it was issued in the future.');
  if (!(nbf <= now + skewSeconds)) throw refusal('The token is not valid yet.');
  if (!(now < exp)) throw commonErrors.tokenExpired({ detail: 'The time of the token is over.' });
};

const assertParty = (name: string, value: string): void => {
  // A longer one would push every token towards the limit of its length.
  if (value === '' || value.length > 500) {
    throw new TypeError(`The ${name} of tokens must have 1 to 500 characters. Set it to the URI that names it.`);
  }
};

/** Checks claims, the same for those that are about to be signed and those that were received. */
export const createClaimsReader = (parties: Parties) => {
  assertParty('issuer', parties.issuer);
  assertParty('audience', parties.audience);
  const schema = claimsSchema(parties);

  const check = (payload: unknown): Claims => {
    const parsed = schema.safeParse(payload);
    if (!parsed.success) throw refusal(parsed.error.issues[0]?.message ?? 'The payload of the token is not valid.');
    return parsed.data;
  };

  /** Reads a payload whose signature has been verified. */
  const read = (payload: Uint8Array, now: Date): Verified => {
    const claims = check(parseJson(payload, 'payload'));
    assertTimes(claims, now.getTime() / 1000);
    const { sub, tenantId, roles, iat, exp } = claims;
    // Frozen, because the requests of one token share it.
    const principal = Object.freeze<Principal>({ kind: 'user', id: sub, tenantId, roles: Object.freeze(roles) });
    return { principal, issuedAtSeconds: iat, expiresAtMs: exp * 1000 };
  };

  return { check, read };
};
