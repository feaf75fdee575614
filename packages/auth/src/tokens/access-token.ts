import { z } from 'zod';

export const tokenAlgorithm = 'EdDSA';
export const tokenType = 'at+jwt';

/** The maximum lifetime of an access token. */
export const lifetimeSecondsMax = 900;

/** The maximum difference between the clock of an issuer and that of a process that accepts or revokes its tokens. */
export const skewSeconds = 30;

/** The header of an access token. Strict, so that it has no `jku`, `x5u`, `jwk` or `crit`. */
export const Header = z.strictObject({ alg: z.string(), typ: z.string(), kid: z.string() });

const id = 'must be a UUIDv7 in lower case';
const roles = 'must be a list of at most 32 short names';
const seconds = 'must be a whole number of seconds';

/** The rules for claims that jose does not have. The messages follow the name of the claim. */
export const Claims = z
  .object({
    // A token for two audiences could be replayed from one API to the other.
    aud: z.union([z.string(), z.tuple([z.string()])], 'must name this API alone'),
    sub: z.uuidv7(id).lowercase(id),
    tenantId: z.uuidv7(id).lowercase(id),
    identityId: z.uuidv7(id).lowercase(id).optional(),
    sessionId: z.uuidv7(id).lowercase(id).optional(),
    roles: z.array(z.string(roles).regex(/^[\x21-\x7e]{1,64}$/, roles), roles).max(32, roles),
    iat: z.int(seconds),
    nbf: z.int(seconds),
    exp: z.int(seconds),
  })
  .refine(({ iat, exp }) => exp - iat <= lifetimeSecondsMax, {
    path: ['exp'],
    error: 'must be at most 900 s after `iat`',
  });
