import { classifiedFields } from '@plinth/contract-kit';
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader } from 'jose';
import { expect, it } from 'vitest';
import {
  audience,
  createManualClock,
  createTestVerifier,
  goodClaims,
  goodHeader,
  issuer,
  key,
  subject,
} from '../../test/tokens.ts';
import { createTokenSigner, generateSigningKey, PrivateJwk, toPublicJwk } from '../index.ts';

const signer = createTokenSigner({ key, issuer, audience, clock: createManualClock() });

it('signs tokens that the verifier accepts', async () => {
  expect(await createTestVerifier().verify(await signer.sign(subject))).toEqual({ kind: 'user', ...subject });
});

it('names the identity and the session of a sign-in', async () => {
  const signedIn = { ...subject, identityId: subject.id, sessionId: subject.tenantId };
  expect(await createTestVerifier().verify(await signer.sign(signedIn))).toEqual({ kind: 'user', ...signedIn });
});

it('writes the header and the claims of an access token, and nothing else of the subject', async () => {
  const token = await signer.sign({ ...subject, iss: 'https://evil.example', exp: 1 } as typeof subject);
  expect(decodeProtectedHeader(token)).toEqual(goodHeader);
  expect(decodeJwt(token)).toEqual(goodClaims);
});

it.each([
  ['tenantId', { ...subject, tenantId: '' }],
  ['sub', { ...subject, id: 'ada' }],
  ['identityId', { ...subject, identityId: 'ada' }],
  ['sessionId', { ...subject, sessionId: '' }],
  ['roles', { ...subject, roles: ['r'.repeat(65)] }],
])('does not sign a token whose %s every verifier would reject', async (claim, wrong) => {
  await expect(signer.sign(wrong)).rejects.toThrow(claim);
});

it('generates distinct keys, named by their thumbprint and bound to one algorithm', async () => {
  const generated = await generateSigningKey();
  expect(generated).toEqual({ ...generated, kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' });
  expect(generated.kid).toBe(await calculateJwkThumbprint(generated));
  expect(generated.kid).not.toBe(key.kid);
});

it('publishes no private part, and lets no log print it', () => {
  const { d, ...rest } = key;
  const withMore = { ...key, p: d };
  expect(toPublicJwk(withMore)).toEqual(rest);
  expect(classifiedFields([PrivateJwk]).get('d')).toBe('secret');
});

it.each([
  ['a public key', toPublicJwk(key)],
  ['a truncated key', { ...key, d: key.d.slice(1) }],
  ['a key of another kind', { ...key, crv: 'X25519' }],
])('PrivateJwk rejects %s, and quotes nothing of it', (_, jwk) => {
  const { error } = PrivateJwk.safeParse(jwk);
  expect(error?.issues).toHaveLength(1);
  expect(JSON.stringify(error)).not.toContain(key.d.slice(1));
});
