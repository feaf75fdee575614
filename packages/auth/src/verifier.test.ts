import { expect, it } from 'vitest';
import {
  audience,
  aVerifier,
  foreignKey,
  forge,
  goodClaims,
  heldClock,
  issuer,
  key,
  outcomeOf,
  startSeconds,
  subject,
} from '../test/tokens.ts';
import {
  createKeyRing,
  createRevocations,
  createTokenSigner,
  createTokenVerifier,
  type KeyRing,
  type PrivateJwk,
  toPublicJwk,
} from './index.ts';

const principal = { kind: 'user', ...subject };
/** A clock, and nothing that was revoked. */
const held = () => {
  const clock = heldClock();
  return { clock, revocations: createRevocations({ clock }) };
};

it('knows whom a good token names', async () => {
  expect(await outcomeOf(aVerifier(), forge())).toEqual(principal);
});

it('shares the principal of a token only because nobody can change it', async () => {
  const found = await aVerifier().verify(forge());
  expect([Object.isFrozen(found), Object.isFrozen(found.roles)]).toEqual([true, true]);
});

it.each([
  ['the audience in an array of one', { aud: [audience] }],
  ['no roles at all', { roles: [] }],
  ['claims that mean nothing here', { scope: 'everything', kind: 'anonymous', jti: 'a', ['__proto__x']: 1 }],
  ['an issuer whose clock is 30 seconds ahead', { iat: startSeconds + 30, nbf: startSeconds + 30 }],
  ['one last second', { iat: startSeconds - 899, nbf: startSeconds - 899, exp: startSeconds + 1 }],
])('accepts %s', async (_, claims) => {
  expect(await outcomeOf(aVerifier(), forge({ claims }))).toMatchObject({ kind: 'user', id: subject.id });
});

it('takes nothing from a prototype that a payload brings along', async () => {
  const { roles: _, ...rest } = goodClaims;
  const claims = `{"__proto__":{"roles":["owner"]},${JSON.stringify(rest).slice(1)}`;
  expect(await outcomeOf(aVerifier(), forge({ claims }))).toMatchObject({ status: 401 });
});

it.each([
  ['no issuer', { iss: undefined }, '`iss`'],
  ['another issuer', { iss: 'https://evil.example' }, '`iss`'],
  ['an issuer that only begins like ours', { iss: `${issuer}/` }, '`iss`'],
  ['an issuer in an array', { iss: [issuer] }, '`iss`'],
  ['no audience', { aud: undefined }, '`aud`'],
  ['another audience', { aud: 'https://other.example' }, '`aud`'],
  ['an empty array of audiences', { aud: [] }, '`aud`'],
  ['two audiences', { aud: [audience, 'https://other.example'] }, '`aud`'],
  ['our audience twice', { aud: [audience, audience] }, '`aud`'],
  ['an audience that is an object', { aud: { 0: audience } }, '`aud`'],
  ['no subject', { sub: undefined }, '`sub`'],
  ['an empty subject', { sub: '' }, '`sub`'],
  ['a subject that is a UUIDv4', { sub: '9b2f1a4e-3c5d-4e6f-8a7b-1c2d3e4f5a6b' }, '`sub`'],
  ['a subject in upper case', { sub: subject.id.toUpperCase() }, '`sub`'],
  ['no tenant', { tenantId: undefined }, '`tenantId`'],
  ['a tenant that is no UUID', { tenantId: 'acme' }, '`tenantId`'],
  ['a tenant that is an operator', { tenantId: { $ne: null } }, '`tenantId`'],
  ['no roles claim', { roles: undefined }, '`roles`'],
  ['roles that are one string', { roles: 'owner' }, '`roles`'],
  ['a role that is not a string', { roles: [{}] }, '`roles`'],
  ['an empty role', { roles: [''] }, '`roles`'],
  ['a role with a line break', { roles: ['owner\nadmin'] }, '`roles`'],
  ['a role that is too long', { roles: ['r'.repeat(65)] }, '`roles`'],
  ['too many roles', { roles: Array.from({ length: 33 }, (_, index) => `role-${index}`) }, '`roles`'],
  ['no exp', { exp: undefined }, '`exp`'],
  ['an exp that is a string', { exp: String(goodClaims.exp) }, '`exp`'],
  ['an exp that is a fraction', { exp: goodClaims.exp - 0.5 }, '`exp`'],
  ['no iat', { iat: undefined }, '`iat`'],
  ['a negative iat', { iat: -1 }, '`iat`'],
  ['no nbf', { nbf: undefined }, '`nbf`'],
  ['a null nbf', { nbf: null }, '`nbf`'],
  ['a lifetime of 901 seconds', { exp: startSeconds + 901 }, 'fifteen minutes'],
  ['an end before the beginning', { exp: startSeconds - 60 }, 'ends before it begins'],
  ['an issue 31 seconds in the future', { iat: startSeconds + 31, nbf: startSeconds }, 'in the future'],
  ['a beginning 31 seconds in the future', { nbf: startSeconds + 31 }, 'not valid yet'],
])('refuses %s, and says which claim it is', async (_, claims, words) => {
  const expected = { status: 401, code: 'unauthenticated', detail: expect.stringContaining(words) };
  expect(await outcomeOf(aVerifier(), forge({ claims }))).toEqual(expected);
});

it('says of an expired token that it has expired, to the second', async () => {
  const verifier = aVerifier();
  const claims = { iat: startSeconds - 900, nbf: startSeconds - 900, exp: startSeconds };
  expect(await outcomeOf(verifier, forge({ claims }))).toMatchObject({ status: 401, code: 'token-expired' });
});

it('does not call a forgery expired', async () => {
  const claims = { iat: 1, nbf: 1, exp: 2 };
  const other = forge({ claims }).replace(/[^.]*$/, forge().split('.')[2] ?? '');
  expect(await outcomeOf(aVerifier(), other)).toMatchObject({ code: 'unauthenticated' });
});

it.each([
  ['null', 'null', 'not an object'],
  ['an array', '[]', 'not an object'],
  ['no JSON', '{', 'not JSON'],
  ['a byte order mark', `\ufeff${JSON.stringify(goodClaims)}`, 'not JSON'],
])('refuses a signed payload that is %s', async (_, claims, words) => {
  expect(await outcomeOf(aVerifier(), forge({ claims }))).toMatchObject({ detail: expect.stringContaining(words) });
});

it('refuses every token when the clock has no time', async () => {
  const keys = createKeyRing({ keys: [toPublicJwk(key)] });
  const clock = { now: () => new Date(Number.NaN) };
  const revocations = createRevocations({ clock });
  const verifier = createTokenVerifier({ keys, issuer, audience, clock, revocations });
  expect(await outcomeOf(verifier, forge())).toMatchObject({ status: 401 });
});

it('accepts the tokens of every key of the ring while keys are being rotated', async () => {
  const { clock, revocations } = held();
  const keys = createKeyRing({ keys: [toPublicJwk(key), toPublicJwk(foreignKey)] });
  const verifier = createTokenVerifier({ keys, issuer, audience, clock, revocations });
  const tokenOf = (signingKey: PrivateJwk) =>
    createTokenSigner({ key: signingKey, issuer, audience, clock }).sign(subject);
  expect(await outcomeOf(verifier, await tokenOf(key))).toEqual(principal);
  expect(await outcomeOf(verifier, await tokenOf(foreignKey))).toEqual(principal);
});

it('lets a fault of our own be one, and does not blame the token', async () => {
  const fault = new Error('broken');
  const keys = {
    ...createKeyRing({ keys: [toPublicJwk(key)] }),
    find: () => {
      throw fault;
    },
  };
  const verifier = createTokenVerifier({ keys, issuer, audience, ...held() });
  expect(() => verifier.verify(forge())).toThrow(fault);
});

it('does not take a key that is not a key for a bad signature', async () => {
  const keys = { publicJwks: () => ({ keys: [] }), find: () => ({}) as NonNullable<ReturnType<KeyRing['find']>> };
  const verifier = createTokenVerifier({ keys, issuer, audience, ...held() });
  await expect(verifier.verify(forge())).rejects.toThrow(TypeError);
});

it.each([
  { issuer: '', audience },
  { issuer, audience: '' },
  { issuer: 'i'.repeat(501), audience },
])('does not boot without an issuer and an audience of a sensible length', (parties) => {
  const keys = createKeyRing({ keys: [toPublicJwk(key)] });
  expect(() => createTokenVerifier({ keys, ...parties, ...held() })).toThrow('Set it to the URI');
});
