import { z } from 'zod';

/** 32 bytes in canonical base64url: the last character has two spare bits, which must be zero. */
export const Bytes32 = z.string().regex(/^[\w-]{42}[AEIMQUYcgkosw048]$/, 'must be 32 bytes in base64url');

export const publicShape = {
  /** An opaque name, for instance the RFC 7638 thumbprint. */
  kid: z.string().regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 printable characters without spaces'),
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  alg: z.literal('EdDSA'),
  use: z.literal('sig'),
  x: Bytes32,
};

/** The public half of an Ed25519 signing key (RFC 8037). A private part is rejected at run time and by the compiler. */
export const PublicJwk = z.object({
  ...publicShape,
  d: z.never('must not be published: replace the key, because others may have seen its private part').exactOptional(),
});
export type PublicJwk = z.infer<typeof PublicJwk>;

/** A JSON Web Key Set of public Ed25519 keys with distinct `kid`s. It has several keys during a rotation. */
export const PublicJwks = z.object({
  keys: z
    .array(PublicJwk)
    .min(1)
    .refine((keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length, 'must have distinct `kid`s'),
});
export type PublicJwks = z.infer<typeof PublicJwks>;
