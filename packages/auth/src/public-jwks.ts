import { z } from 'zod';
import { isLowOrder } from './low-order.ts';

/** 32 bytes in canonical base64url: the last character has two spare bits, which must be zero. */
export const Bytes32 = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

const ed25519 = 'Only Ed25519 keys may sign tokens: make one with `npm run token`.';

// The messages follow the name of the key: "Key 1 (kid 'a') has no …".
export const publicShape = {
  kid: z
    .string('has no `kid`. Give it a name of its own, best its RFC 7638 thumbprint.')
    .regex(/^[\x21-\x7e]{1,128}$/, 'has a `kid` that is not 1 to 128 printable characters without spaces. Rename it.'),
  kty: z.literal('OKP', `is not of the key type OKP (\`kty\`). ${ed25519}`),
  crv: z.literal('Ed25519', `is not on the curve Ed25519 (\`crv\`). ${ed25519}`),
  alg: z.literal('EdDSA', 'is not bound to its algorithm. Set its `alg` to "EdDSA".'),
  use: z.literal('sig', 'is not bound to its use. Set its `use` to "sig".'),
  x: z
    .string('has no public part. Copy `x` from the signing key.')
    .regex(Bytes32, 'has an `x` that is not 32 bytes in base64url. Copy it again from the signing key.')
    .refine((x) => !isLowOrder(x), 'is a placeholder under which anybody can sign. Put a generated key in its place.'),
};

/** The public half of an Ed25519 signing key (RFC 8037). A private part is refused, by the compiler too. */
export const PublicJwk = z.object(
  {
    d: z
      .never('has a private part (`d`). Publish only its public part, and replace the key: others may have seen it.')
      .optional(),
    ...publicShape,
  },
  'is not an object. Put a JSON Web Key there.',
);
export type PublicJwk = z.infer<typeof PublicJwk>;

/** A JSON Web Key Set of public Ed25519 keys, at least one; no two have the same `kid`. */
export const PublicJwks = z
  .object(
    {
      keys: z
        .array(PublicJwk, '`keys` must be a list of public keys.')
        .min(1, '`keys` is empty. Add the public half of the signing key.'),
    },
    'It must be an object with `keys`, a JSON Web Key Set.',
  )
  .superRefine(({ keys }, context) => {
    for (const [index, { kid }] of keys.entries()) {
      if (keys.findIndex((key) => key.kid === kid) === index) continue;
      context.addIssue({
        code: 'custom',
        path: ['keys', index, 'kid'],
        message: 'has the `kid` of a key before it. Remove one of the two, or rename it.',
      });
    }
  });
export type PublicJwks = z.infer<typeof PublicJwks>;
