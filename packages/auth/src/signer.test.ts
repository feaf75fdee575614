import { classifiedFields } from '@plinth/contract-kit';
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader } from 'jose';
import { expect, it } from 'vitest';
import {
  audience,
  aVerifier,
  foreignKey,
  goodClaims,
  goodHeader,
  heldClock,
  issuer,
  key,
  startSeconds,
  subject,
} from '../test/tokens.ts';
import { createTokenSigner, generateSigningKey, PrivateJwk, toPublicJwk } from './index.ts';

const aSigner = (options: object = {}) => createTokenSigner({ key, issuer, audience, clock: heldClock(), ...options });

it('signs what the verifier accepts', async () => {
  expect(await aVerifier().verify(await aSigner().sign(subject))).toEqual({ kind: 'user', ...subject });
});

it('writes the header of an access token, and the claims that were asked for', async () => {
  const token = await aSigner().sign(subject);
  expect(decodeProtectedHeader(token)).toEqual(goodHeader);
  expect(decodeJwt(token)).toEqual(goodClaims);
});

it('lets a token live for as long as it was told', async () => {
  const token = await aSigner({ lifetimeSeconds: 60 }).sign(subject);
  expect(decodeJwt(token).exp).toBe(startSeconds + 60);
});

it.each([901, 0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'refuses a lifetime of %s seconds',
  (lifetimeSeconds) => {
    expect(() => aSigner({ lifetimeSeconds })).toThrow('Choose a whole number');
  },
);

it.each([
  ['no tenant', { ...subject, tenantId: '' }, '`tenantId`'],
  ['no id', { ...subject, id: '' }, '`sub`'],
  ['an id that is no UUIDv7', { ...subject, id: 'ada' }, '`sub`'],
  ['a role that is too long', { ...subject, roles: ['r'.repeat(65)] }, '`roles`'],
])('does not sign for a subject with %s, which no verifier would accept', async (_, odd, words) => {
  await expect(aSigner().sign(odd)).rejects.toThrow(TypeError);
  await expect(aSigner().sign(odd)).rejects.toThrow(words);
});

it('signs only what it was given, whatever else the subject carries', async () => {
  const generous = { ...subject, iss: 'https://evil.example', exp: startSeconds + 9999 };
  expect(decodeJwt(await aSigner().sign(generous))).toEqual(goodClaims);
});

it.each([
  ['a public key', toPublicJwk(key), 'has no private part'],
  ['a key of two halves', { ...key, x: foreignKey.x }, 'of another key'],
  ['a truncated key', { ...key, d: key.d.slice(1) }, 'not 32 bytes'],
  ['a key of another kind', { ...key, crv: 'X25519' }, 'not on the curve Ed25519'],
  ['nothing', null, 'is not an object'],
])('does not boot with %s, and quotes nothing of it', (_, odd, words) => {
  expect(() => aSigner({ key: odd })).toThrow(words);
  expect(() => aSigner({ key: odd })).not.toThrow(key.d);
});

it('makes keys that differ, are named by their thumbprint and bound to one algorithm', async () => {
  const made = await generateSigningKey();
  expect(made).toEqual({ ...made, kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' });
  expect(made.kid).toBe(await calculateJwkThumbprint(made));
  expect(made.kid).not.toBe(key.kid);
});

it('publishes no private part', () => {
  const { d, ...rest } = key;
  const withMore = { ...key, p: d };
  expect(toPublicJwk(withMore)).toEqual(rest);
});

it('classifies the private part, so that no log prints it', () => {
  expect(classifiedFields([PrivateJwk]).get('d')).toBe('secret');
});
