import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTestVerifier, createToken, startSeconds, subject, verifyOrError } from '../../test/tokens.ts';
import { createRevocations } from './revocations.ts';

const { id, tenantId } = subject;
const otherSubject = '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5f';
const otherTenant = '019389aa-0000-7c1d-9d3f-7f1e2a3b4c5f';
const atSecond = (offset: number) => new Date((startSeconds + offset) * 1000);
const revocation = { tenantId, subject: id, rolesOnly: false };
const roleRevocation = { ...revocation, rolesOnly: true };
const revokedError = {
  status: 401,
  code: 'unauthenticated',
  detail: 'The token has been revoked. Get a new token and send the request again.',
};
const issuedAt = (offset: number) => {
  const iat = startSeconds + offset;
  return createToken({ claims: { iat, nbf: iat, exp: iat + 900 } });
};

describe('a token', () => {
  it.each([
    ['ten minutes before the revocation', -600, 0],
    ['in the second before the revocation', -1, 0],
    ['in the second of the revocation', 0, 0],
    ['in the last millisecond of that second', 0, 0.999],
    ['by a clock that is thirty seconds ahead', 30, 0],
  ])('boundary: is rejected when it was issued %s', async (_, issued, at) => {
    const verifier = createTestVerifier();
    verifier.revocations.revoke({ ...revocation, at: atSecond(at) });
    expect(await verifyOrError(verifier, issuedAt(issued))).toEqual(revokedError);
  });

  it('boundary: is accepted when it was issued later than any clock may be ahead', async () => {
    const verifier = createTestVerifier();
    verifier.revocations.revoke({ ...revocation, at: atSecond(0) });
    verifier.clock.forward(31);
    expect(await verifyOrError(verifier, issuedAt(31))).toMatchObject({ id });
    expect(await verifyOrError(verifier, issuedAt(30))).toEqual(revokedError);
  });

  it('boundary: is accepted when it was issued in the second after a change of roles, while earlier ones stay rejected', async () => {
    const verifier = createTestVerifier();
    verifier.revocations.revoke({ ...roleRevocation, at: atSecond(0.999) });
    expect(await verifyOrError(verifier, issuedAt(1))).toMatchObject({ id });
    expect(await verifyOrError(verifier, issuedAt(0))).toEqual(revokedError);
  });

  it.each([
    ['another subject of the tenant', { ...revocation, subject: otherSubject }],
    ['the subject in another tenant', { ...revocation, tenantId: otherTenant }],
  ])('is accepted when %s was revoked', async (_, other) => {
    const verifier = createTestVerifier();
    verifier.revocations.revoke({ ...other, at: atSecond(60) });
    expect(await verifyOrError(verifier, createToken())).toMatchObject({ id });
  });

  it('is rejected immediately though it was verified a moment ago', async () => {
    const verifier = createTestVerifier();
    await verifier.verify(createToken());
    expect(verifier.verify(createToken())).toMatchObject({ id });
    verifier.revocations.revoke({ ...revocation, at: atSecond(0) });
    expect(() => verifier.verify(createToken())).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
    expect(await verifyOrError(verifier, createToken())).toEqual(revokedError);
  });

  it('race: is rejected when the revocation arrives while the token is verified', async () => {
    const verifier = createTestVerifier();
    const verifying = verifier.verify(createToken());
    verifier.revocations.revoke({ ...revocation, at: atSecond(0) });
    await expect(verifying).rejects.toMatchObject(revokedError);
    expect(await verifyOrError(verifier, createToken())).toEqual(revokedError);
  });
});

describe('revocations', () => {
  const principal = { kind: 'user', ...subject } as const;

  it('race: arrive in any order and more than once, and the latest counts', () => {
    const { revocations } = createTestVerifier();
    for (const offset of [5, 9, 9, 2]) revocations.revoke({ ...roleRevocation, at: atSecond(offset) });
    expect(revocations.isRevoked(principal, startSeconds + 9)).toBe(true);
    expect(revocations.isRevoked(principal, startSeconds + 10)).toBe(false);
  });

  it('race: of a suspension and of a change of roles both count, in any order', () => {
    for (const events of [
      [roleRevocation, revocation],
      [revocation, roleRevocation],
    ]) {
      const { revocations } = createTestVerifier();
      for (const event of events) revocations.revoke({ ...event, at: atSecond(0) });
      expect(revocations.isRevoked(principal, startSeconds + 30)).toBe(true);
      expect(revocations.isRevoked(principal, startSeconds + 31)).toBe(false);
    }
  });

  it('of a session end its tokens, whenever they were issued, and no others of the identity', () => {
    const { clock, revocations } = createTestVerifier();
    const [first, second] = [otherSubject, subject.tenantId].map((sessionId) => ({ ...principal, sessionId }));
    revocations.endSession(otherSubject);
    expect(
      [first, second, principal].map((caller) => caller && revocations.isRevoked(caller, startSeconds + 900)),
    ).toEqual([true, false, false]);
    clock.forward(961);
    revocations.endSession(subject.tenantId);
    expect([first, second].map((caller) => caller && revocations.isRevoked(caller, startSeconds))).toEqual([
      false,
      true,
    ]);
  });

  it('boundary: are kept until the last token that they end has expired, and no longer', () => {
    const { clock, revocations } = createTestVerifier();
    const others = { ...revocation, subject: otherSubject };
    revocations.revoke({ ...revocation, at: atSecond(0) });
    clock.forward(929);
    revocations.revoke({ ...others, at: clock.now() });
    expect(revocations.isRevoked(principal, startSeconds)).toBe(true);
    clock.forward(31);
    revocations.revoke({ ...others, at: clock.now() });
    expect(revocations.isRevoked(principal, startSeconds)).toBe(false);
    expect(revocations.isRevoked({ ...principal, id: otherSubject }, startSeconds + 960)).toBe(true);
  });

  it('integrity: are kept when the clock of the process jumps an hour ahead and is set back', () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const revocations = createRevocations();
    const now = Date.now();
    const issuedBefore = Math.floor(now / 1000) - 10;
    revocations.revoke({ ...revocation, at: new Date(now) });
    vi.setSystemTime(now + 60 * 60_000);
    revocations.revoke({ ...revocation, subject: otherSubject, at: new Date() });
    vi.setSystemTime(now);
    expect(revocations.isRevoked(principal, issuedBefore)).toBe(true);
  });

  it('integrity: with an invalid time end every token of their subject, and of no other', () => {
    const { revocations } = createTestVerifier();
    revocations.revoke({ ...revocation, at: new Date(Number.NaN) });
    expect(revocations.isRevoked(principal, startSeconds + 900)).toBe(true);
    expect(revocations.isRevoked({ ...principal, id: otherSubject }, startSeconds)).toBe(false);
  });
});
