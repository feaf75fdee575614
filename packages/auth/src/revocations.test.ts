import { describe, expect, it } from 'vitest';
import { aVerifier, forge, outcomeOf, startSeconds, subject } from '../test/tokens.ts';

const { id, tenantId } = subject;
const someoneElse = '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5f';
const otherTenant = '019389aa-0000-7c1d-9d3f-7f1e2a3b4c5f';
const atSecond = (second: number) => new Date(second * 1000);
const theSubject = { tenantId, subject: id };
const refused = {
  status: 401,
  code: 'unauthenticated',
  detail: 'The token was revoked after it had been issued. Get a new token and send the request again.',
};
const issuedAt = (iat: number) => forge({ claims: { iat, nbf: iat, exp: iat + 900 } });

describe('a token', () => {
  it.each([
    ['ten minutes before', -600],
    ['in the second before', -1],
    ['in the very second of', 0],
  ])('boundary: that was issued %s the revocation is refused', async (_, offset) => {
    const verifier = aVerifier();
    verifier.revocations.revoke({ ...theSubject, at: atSecond(startSeconds) });
    expect(await outcomeOf(verifier, issuedAt(startSeconds + offset))).toEqual(refused);
  });

  it('boundary: counts as issued in the second of the revocation up to its last millisecond', async () => {
    const verifier = aVerifier();
    verifier.revocations.revoke({ ...theSubject, at: atSecond(startSeconds + 0.999) });
    expect(await outcomeOf(verifier, issuedAt(startSeconds))).toEqual(refused);
  });

  it('boundary: that was issued in the next second is accepted', async () => {
    const verifier = aVerifier();
    verifier.revocations.revoke({ ...theSubject, at: atSecond(startSeconds + 0.999) });
    expect(await outcomeOf(verifier, issuedAt(startSeconds + 1))).toMatchObject({ id });
  });

  it.each([
    ['another subject of the tenant', { tenantId, subject: someoneElse }],
    ['the subject of another tenant', { tenantId: otherTenant, subject: id }],
  ])('is accepted when %s was revoked', async (_, revoked) => {
    const verifier = aVerifier();
    verifier.revocations.revoke({ ...revoked, at: atSecond(startSeconds + 60) });
    expect(await outcomeOf(verifier, forge())).toMatchObject({ id });
  });

  it('is refused at once though it was verified just now', async () => {
    const verifier = aVerifier();
    await verifier.verify(forge());
    expect(verifier.verify(forge())).toMatchObject({ id });
    verifier.revocations.revoke({ ...theSubject, at: atSecond(startSeconds) });
    expect(() => verifier.verify(forge())).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
    expect(await outcomeOf(verifier, forge())).toEqual(refused);
  });

  it('race: is refused when the revocation comes while it is being verified', async () => {
    const verifier = aVerifier();
    const verifying = verifier.verify(forge());
    verifier.revocations.revoke({ ...theSubject, at: atSecond(startSeconds) });
    await expect(verifying).rejects.toMatchObject(refused);
    expect(await outcomeOf(verifier, forge())).toEqual(refused);
  });

  it('that was issued after the revocation is accepted while the earlier ones stay refused', async () => {
    const verifier = aVerifier();
    verifier.revocations.revoke({ ...theSubject, at: atSecond(startSeconds) });
    verifier.clock.forward(5);
    expect(await outcomeOf(verifier, issuedAt(startSeconds + 5))).toMatchObject({ id });
    expect(await outcomeOf(verifier, issuedAt(startSeconds))).toEqual(refused);
  });
});

describe('revocations', () => {
  const principal = { kind: 'user', ...subject } as const;

  it('race: come in any order and more than once, and the latest counts', () => {
    const { revocations } = aVerifier();
    for (const second of [5, 9, 9, 2]) revocations.revoke({ ...theSubject, at: atSecond(startSeconds + second) });
    expect(revocations.isRevoked(principal, startSeconds + 9)).toBe(true);
    expect(revocations.isRevoked(principal, startSeconds + 10)).toBe(false);
  });

  it('boundary: are kept until no token is left that they end, and no longer', () => {
    const { clock, revocations } = aVerifier();
    const others = { tenantId, subject: someoneElse };
    revocations.revoke({ ...theSubject, at: atSecond(startSeconds) });
    clock.forward(929);
    revocations.revoke({ ...others, at: clock.now() });
    expect(revocations.isRevoked(principal, startSeconds)).toBe(true);
    clock.forward(31);
    revocations.revoke({ ...others, at: clock.now() });
    expect(revocations.isRevoked(principal, startSeconds)).toBe(false);
    expect(revocations.isRevoked({ ...principal, id: someoneElse }, startSeconds + 960)).toBe(true);
  });

  it('integrity: one without a time refuses every token of its subject', () => {
    const { revocations } = aVerifier();
    revocations.revoke({ ...theSubject, at: new Date(Number.NaN) });
    expect(revocations.isRevoked(principal, startSeconds + 900)).toBe(true);
    expect(revocations.isRevoked({ ...principal, id: someoneElse }, startSeconds)).toBe(false);
  });
});
