import { describe, expect, it } from 'vitest';
import {
  audience,
  createManualClock,
  createTestVerifier,
  createToken,
  foreignKey,
  goodClaims,
  issuer,
  key,
  startSeconds,
  subject,
  verifyOrError,
} from '../../test/tokens.ts';
import { createKeyRing, createTokenSigner, parseBearerToken, toPublicJwk } from '../index.ts';

const principal = { kind: 'user', ...subject };

it('returns the principal of a token, frozen because requests share it', async () => {
  const found = await createTestVerifier().verify(createToken());
  expect(found).toEqual(principal);
  expect([Object.isFrozen(found), Object.isFrozen(found.roles)]).toEqual([true, true]);
});

it.each([
  ['the audience in an array of one', { aud: [audience] }],
  ['no roles', { roles: [] }],
  ['unknown claims', { scope: 'everything', kind: 'anonymous', jti: 'a', ['__proto__x']: 1 }],
  ['an issuer whose clock is 30 seconds ahead', { iat: startSeconds + 30, nbf: startSeconds + 30 }],
  ['one last second', { iat: startSeconds - 899, nbf: startSeconds - 899, exp: startSeconds + 1 }],
])('accepts %s', async (_, claims) => {
  expect(await verifyOrError(createTestVerifier(), createToken({ claims }))).toMatchObject({
    kind: 'user',
    id: subject.id,
  });
});

it.each([
  ['no issuer', 'iss', undefined],
  ['another issuer', 'iss', 'https://evil.example'],
  ['an issuer with a longer name', 'iss', `${issuer}/`],
  ['an issuer in an array', 'iss', [issuer]],
  ['no audience', 'aud', undefined],
  ['another audience', 'aud', 'https://other.example'],
  ['an empty array of audiences', 'aud', []],
  ['two audiences', 'aud', [audience, 'https://other.example']],
  ['an audience twice', 'aud', [audience, audience]],
  ['an audience that is an object', 'aud', { 0: audience }],
  ['no subject', 'sub', undefined],
  ['an empty subject', 'sub', ''],
  ['a subject that is a UUIDv4', 'sub', '9b2f1a4e-3c5d-4e6f-8a7b-1c2d3e4f5a6b'],
  ['a subject in upper case', 'sub', subject.id.toUpperCase()],
  ['no tenant', 'tenantId', undefined],
  ['a tenant that is not a UUID', 'tenantId', 'acme'],
  ['a tenant that is an operator', 'tenantId', { $ne: null }],
  ['no roles claim', 'roles', undefined],
  ['roles that are one string', 'roles', 'owner'],
  ['a role that is not a string', 'roles', [{}]],
  ['an empty role', 'roles', ['']],
  ['a role with a line break', 'roles', ['owner\nadmin']],
  ['a role that is too long', 'roles', ['r'.repeat(65)]],
  ['too many roles', 'roles', Array.from({ length: 33 }, (_, index) => `role-${index}`)],
  ['no exp', 'exp', undefined],
  ['an exp that is a string', 'exp', String(goodClaims.exp)],
  ['an exp that is a fraction', 'exp', goodClaims.exp - 0.5],
  ['a life of 901 seconds', 'exp', startSeconds + 901],
  ['no iat', 'iat', undefined],
  ['an iat 31 seconds in the future', 'iat', startSeconds + 31],
  ['no nbf', 'nbf', undefined],
  ['a null nbf', 'nbf', null],
  ['an nbf 31 seconds in the future', 'nbf', startSeconds + 31],
])('rejects %s, and names the claim', async (_, name, value) => {
  const detail = expect.stringMatching(new RegExp(`^The \`${name}\` of the token .*\\.$`));
  const error = { status: 401, code: 'unauthenticated', detail };
  expect(await verifyOrError(createTestVerifier(), createToken({ claims: { [name]: value } }))).toEqual(error);
});

it('takes no claim from a prototype', async () => {
  const { roles: _, ...rest } = goodClaims;
  const claims = `{"__proto__":{"roles":["owner"]},${JSON.stringify(rest).slice(1)}`;
  expect(await verifyOrError(createTestVerifier(), createToken({ claims }))).toMatchObject({ status: 401 });
});

it.each(['null', '[]', '"text"', '{', ''])('rejects the signed payload %j', async (claims) => {
  expect(await verifyOrError(createTestVerifier(), createToken({ claims }))).toMatchObject({
    status: 401,
    code: 'unauthenticated',
  });
});

it('returns token-expired from the second of exp, though nbf has a tolerance', async () => {
  const claims = { iat: startSeconds - 900, nbf: startSeconds - 900, exp: startSeconds };
  expect(await verifyOrError(createTestVerifier(), createToken({ claims }))).toMatchObject({ code: 'token-expired' });
});

it('returns unauthenticated, not token-expired, for a forged token', async () => {
  const expired = createToken({ claims: { iat: 1, nbf: 1, exp: 2 } });
  const forged = expired.replace(/[^.]*$/, createToken().split('.')[2] ?? '');
  expect(await verifyOrError(createTestVerifier(), forged)).toMatchObject({ code: 'unauthenticated' });
});

it('accepts the tokens of every key of the ring during a rotation', async () => {
  const verifier = createTestVerifier(createKeyRing({ keys: [key, foreignKey].map(toPublicJwk) }));
  const signers = [key, foreignKey].map((signingKey) =>
    createTokenSigner({ key: signingKey, issuer, audience, clock: createManualClock() }),
  );
  const verified = signers.map(async (signer) => verifyOrError(verifier, await signer.sign(subject)));
  expect(await Promise.all(verified)).toEqual([principal, principal]);
});

it('throws an error of the key ring unchanged instead of rejecting the token', async () => {
  const fault = new Error('broken');
  const broken = () => {
    throw fault;
  };
  await expect(createTestVerifier({ current: broken }).verify(createToken())).rejects.toThrow(fault);
  const noKey = async () => ({}) as never;
  await expect(createTestVerifier({ current: noKey }).verify(createToken())).rejects.toThrow(TypeError);
});

describe('parseBearerToken', () => {
  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('reads the token after the scheme %s', (scheme) => {
    expect(parseBearerToken(`${scheme} a.b-c_d.e`)).toBe('a.b-c_d.e');
  });

  it('returns undefined without a header', () => {
    expect(parseBearerToken(undefined)).toBeUndefined();
  });

  it.each([
    '',
    ' ',
    'Bearer',
    'Bearer ',
    'Bearer  a.b.c',
    ' Bearer a.b.c',
    'Bearer a.b.c ',
    'Bearer\ta.b.c',
    'Bearer a.b.c d',
    'Bearer a.b.c,Bearer d.e.f',
    'Bearer a.b.c\n',
    'Bearer a.b.c\r\nX-Tenant: other',
    'Bearer\u00a0a.b.c',
    'Basic YTpi',
    'Bearera.b.c',
    'a.b.c',
    'Token a.b.c',
  ])('rejects the header %j and names the valid form', (header) => {
    const detail = 'The Authorization header is not `Bearer`, one space and one token.';
    expect(() => parseBearerToken(header)).toThrow(
      expect.objectContaining({ status: 401, code: 'unauthenticated', detail }),
    );
  });
});
