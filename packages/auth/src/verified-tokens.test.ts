import { describe, expect, it, vi } from 'vitest';
import { aVerifier, forge, outcomeOf, startSeconds, subject } from '../test/tokens.ts';

const another = (index: number) => forge({ claims: { jti: String(index) } });

it('answers at once for a token that was verified before, and with a promise for a new one', async () => {
  const verifier = aVerifier();
  const first = verifier.verify(forge());
  expect(first).toBeInstanceOf(Promise);
  expect(verifier.verify(forge())).toBeInstanceOf(Promise);
  expect(verifier.verify(forge())).not.toBe(await first);
  await first;
  expect(verifier.verify(forge())).toMatchObject({ id: subject.id });
  expect(verifier.verify(forge())).not.toBeInstanceOf(Promise);
});

it('verifies a token again after sixty seconds', async () => {
  const verifier = aVerifier();
  await verifier.verify(forge());
  verifier.clock.forward(59.999);
  expect(verifier.verify(forge())).not.toBeInstanceOf(Promise);
  verifier.clock.forward(0.001);
  const again = verifier.verify(forge());
  expect(again).toBeInstanceOf(Promise);
  expect(await again).toMatchObject({ id: subject.id });
  expect(verifier.verify(forge())).not.toBeInstanceOf(Promise);
});

it('lets a token expire at its exp, not a moment later, though it was verified just now', async () => {
  const verifier = aVerifier();
  const token = forge({ claims: { exp: startSeconds + 10 } });
  await verifier.verify(token);
  verifier.clock.forward(9.999);
  expect(verifier.verify(token)).toMatchObject({ id: subject.id });
  verifier.clock.forward(0.001);
  expect(() => verifier.verify(token)).toThrow(expect.objectContaining({ code: 'token-expired' }));
  expect(await outcomeOf(verifier, token)).toMatchObject({ status: 401, code: 'token-expired' });
});

it('says the same of an expired token whether it knew it or not', async () => {
  const [known, unknown] = [aVerifier(), aVerifier()];
  await known.verify(forge());
  for (const { clock } of [known, unknown]) clock.forward(900);
  expect(await outcomeOf(known, forge())).toEqual(await outcomeOf(unknown, forge()));
});

it('never keeps a refusal: what was refused too early is accepted in its time', async () => {
  const verifier = aVerifier();
  const token = forge({ claims: { nbf: startSeconds + 60 } });
  expect(await outcomeOf(verifier, token)).toMatchObject({ status: 401 });
  verifier.clock.forward(60);
  const again = verifier.verify(token);
  expect(again).toBeInstanceOf(Promise);
  expect(await again).toMatchObject({ id: subject.id });
});

it('does not let a forged signature ride on a verified token', async () => {
  const verifier = aVerifier();
  const token = forge();
  await verifier.verify(token);
  const forged = token.replace(/[^.]*$/, another(1).split('.')[2] ?? '');
  expect(await outcomeOf(verifier, forged)).toMatchObject({ status: 401 });
});

it('keeps no more tokens than it was told to, the latest used', async () => {
  const verifier = aVerifier({ entriesMax: 2 });
  await verifier.verify(another(1));
  await verifier.verify(another(2));
  expect(verifier.verify(another(1))).toMatchObject({ id: subject.id });
  await verifier.verify(another(3));
  const isKnown = (index: number) => !(verifier.verify(another(index)) instanceof Promise);
  expect([isKnown(1), isKnown(2), isKnown(3)]).toEqual([true, false, true]);
});

it('asks no other clock than the one it was given', async () => {
  vi.useFakeTimers({ now: 0 });
  try {
    const verifier = aVerifier();
    await verifier.verify(forge());
    vi.setSystemTime(startSeconds * 2000);
    expect(verifier.verify(forge())).not.toBeInstanceOf(Promise);
  } finally {
    vi.useRealTimers();
  }
});

it.each([0, -1, 1.5, Number.NaN])('does not boot with a cache of %s entries', (entriesMax) => {
  expect(() => aVerifier({ entriesMax })).toThrow('a whole number from 1');
});

describe('a connection that brings tokens', () => {
  const connection = {};

  it('race: takes turns between people, as that of a proxy does, and nobody is taken for another', async () => {
    const verifier = aVerifier();
    const ids = ['019389aa-5e5f-7c1d-9d3f-000000000001', '019389aa-5e5f-7c1d-9d3f-000000000002'] as const;
    const tokens = ids.map((sub) => forge({ claims: { sub } }));
    await Promise.all(tokens.map(async (token) => verifier.verify(token, connection)));
    const met = [0, 1, 1, 0, 0, 1].map((at) => verifier.verify(tokens[at] as string, connection));
    expect(met).toMatchObject([0, 1, 1, 0, 0, 1].map((at) => ({ id: ids[at] })));
  });

  it('integrity: gives a forged token nothing of the good one before it, and is none the worse for it', async () => {
    const verifier = aVerifier();
    const token = forge();
    await verifier.verify(token, connection);
    const forged = token.replace(/[^.]*$/, another(1).split('.')[2] ?? '');
    await expect(Promise.resolve().then(() => verifier.verify(forged, connection))).rejects.toMatchObject({
      status: 401,
    });
    expect(verifier.verify(token, connection)).toMatchObject({ id: subject.id });
  });

  it('boundary: is told of the end of its token, and of its revocation, at the next request', async () => {
    const [expiring, revoked] = [aVerifier(), aVerifier()];
    await Promise.all([expiring, revoked].map(async (verifier) => verifier.verify(forge(), connection)));
    expiring.clock.forward(900);
    expect(() => expiring.verify(forge(), connection)).toThrow(expect.objectContaining({ code: 'token-expired' }));
    revoked.clock.forward(1);
    revoked.revocations.revoke({ subject: subject.id, tenantId: subject.tenantId, at: revoked.clock.now() });
    expect(() => revoked.verify(forge(), connection)).toThrow(expect.objectContaining({ status: 401 }));
  });
});
