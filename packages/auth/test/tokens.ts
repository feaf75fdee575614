import { createPrivateKey, sign } from 'node:crypto';
import type { Clock, Principal } from '@plinth/data-kit';
import {
  createKeyRing,
  createRevocations,
  createTokenVerifier,
  generateSigningKey,
  type KeyRing,
  type PrivateJwk,
  toPublicJwk,
} from '../src/index.ts';

export const issuer = 'https://identity.plinth.example';
export const audience = 'https://api.plinth.example';
export const startSeconds = 1_800_000_000;
export const subject = {
  id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d',
  tenantId: '019389aa-0000-7c1d-9d3f-7f1e2a3b4c5e',
  roles: ['owner'],
};

/** The key that the API of these tests trusts, and one that it does not. */
export const key = await generateSigningKey();
export const foreignKey = await generateSigningKey();

/** A clock that stands still until it is moved. */
export const createManualClock = (): Clock & { forward(seconds: number): void } => {
  let now = startSeconds * 1000;
  return {
    now: () => new Date(now),
    forward: (seconds) => {
      now += seconds * 1000;
    },
  };
};

/** Creates a verifier that trusts `key`, with its clock and its revocations. */
export const createTestVerifier = (keys: Pick<KeyRing, 'current'> = createKeyRing({ keys: [toPublicJwk(key)] })) => {
  const clock = createManualClock();
  const revocations = createRevocations({ nowMs: () => clock.now().getTime() });
  return { clock, revocations, ...createTokenVerifier({ keys, issuer, audience, clock, revocations }) };
};

export const goodHeader = { alg: 'EdDSA', typ: 'at+jwt', kid: key.kid };
export const goodClaims = {
  iss: issuer,
  aud: audience,
  sub: subject.id,
  tenantId: subject.tenantId,
  roles: subject.roles,
  iat: startSeconds,
  nbf: startSeconds,
  exp: startSeconds + 900,
};

export const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

type Signing = (input: string) => Buffer;

export const ed25519 =
  ({ kty, crv, x, d }: PrivateJwk): Signing =>
  (input) =>
    sign(null, Buffer.from(input), createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' }));

type TokenChanges = {
  /** Changed members, or the whole text. An `undefined` member is left out. */
  readonly header?: object | string;
  readonly claims?: object | string;
  readonly signing?: Signing;
};

/** Creates a token by hand that is valid except for the given changes. */
export const createToken = ({ header = {}, claims = {}, signing = ed25519(key) }: TokenChanges = {}): string => {
  const input = [
    encode(typeof header === 'string' ? header : { ...goodHeader, ...header }),
    encode(typeof claims === 'string' ? claims : { ...goodClaims, ...claims }),
  ].join('.');
  return `${input}.${signing(input).toString('base64url')}`;
};

/** Returns the principal of a token, or the public members of the error. */
export const verifyOrError = async (
  verifier: { verify(token: string): Principal | Promise<Principal> },
  token: string,
): Promise<Principal | { status: unknown; code: unknown; detail: unknown }> => {
  try {
    return await verifier.verify(token);
  } catch (error) {
    const { status, code, detail } = error as { status: unknown; code: unknown; detail: unknown };
    return { status, code, detail };
  }
};
