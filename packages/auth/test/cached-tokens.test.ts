import { expect, it, onTestFinished, vi } from 'vitest';
import { createTestVerifier, createToken, startSeconds, subject, verifyOrError } from './tokens.ts';

const isCached = (verifier: ReturnType<typeof createTestVerifier>, token: string) =>
  !(verifier.verify(token) instanceof Promise);

it('returns a promise for a new token, and the principal itself for a verified one', async () => {
  const verifier = createTestVerifier();
  const token = createToken();
  expect(verifier.verify(token)).toBeInstanceOf(Promise);
  expect(await verifier.verify(token)).toMatchObject({ id: subject.id });
  expect(verifier.verify(token)).toMatchObject({ id: subject.id });
});

it('verifies a token again after a minute, by the clock that it was created with', async () => {
  vi.useFakeTimers({ now: 0, toFake: ['Date', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const verifier = createTestVerifier();
  const token = createToken();
  await verifier.verify(token);
  vi.setSystemTime(startSeconds * 2000);
  verifier.clock.forward(60);
  expect(isCached(verifier, token)).toBe(true);
  verifier.clock.forward(0.001);
  expect(isCached(verifier, token)).toBe(false);
  await verifier.verify(token);
  expect(isCached(verifier, token)).toBe(true);
});

it('throws token-expired from the second of exp, for a verified token as for a new one', async () => {
  const [verified, unverified] = [createTestVerifier(), createTestVerifier()];
  const token = createToken({ claims: { exp: startSeconds + 10 } });
  await verified.verify(token);
  verified.clock.forward(9.999);
  expect(verified.verify(token)).toMatchObject({ id: subject.id });
  verified.clock.forward(0.001);
  unverified.clock.forward(10);
  expect(() => verified.verify(token)).toThrow(expect.objectContaining({ status: 401, code: 'token-expired' }));
  expect(await verifyOrError(verified, token)).toEqual(await verifyOrError(unverified, token));
});

it('caches no rejection: a token that was rejected before its nbf is accepted from then on', async () => {
  const verifier = createTestVerifier();
  const token = createToken({ claims: { nbf: startSeconds + 60 } });
  expect(await verifyOrError(verifier, token)).toMatchObject({ status: 401 });
  verifier.clock.forward(60);
  expect(await verifier.verify(token)).toMatchObject({ id: subject.id });
});

it('rejects a forged signature on the content of a verified token, which stays verified', async () => {
  const verifier = createTestVerifier();
  const token = createToken();
  await verifier.verify(token);
  const forged = token.replace(/[^.]*$/, createToken({ claims: { jti: 'other' } }).split('.')[2] ?? '');
  expect(await verifyOrError(verifier, forged)).toMatchObject({ status: 401 });
  expect(verifier.verify(token)).toMatchObject({ id: subject.id });
});

it('race: keeps the tokens of two users apart', async () => {
  const verifier = createTestVerifier();
  const ids = ['019389aa-5e5f-7c1d-9d3f-000000000001', '019389aa-5e5f-7c1d-9d3f-000000000002'] as const;
  const tokens = ids.map((sub) => createToken({ claims: { sub } }));
  const verifyAll = () => Promise.all(tokens.map(async (token) => verifier.verify(token)));
  expect(await verifyAll()).toMatchObject(ids.map((id) => ({ id })));
  expect(await verifyAll()).toMatchObject(ids.map((id) => ({ id })));
});
