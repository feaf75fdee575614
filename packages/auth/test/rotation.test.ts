import { describe, expect, it } from 'vitest';
import { createKeyRing, createTokenSigner, toPublicJwk } from '../src/index.ts';
import {
  audience,
  createManualClock,
  createTestVerifier,
  foreignKey,
  issuer,
  key,
  subject,
  verifyOrError,
} from './tokens.ts';

const [before, after] = [key, foreignKey];
const sign = (signingKey: typeof key): Promise<string> =>
  createTokenSigner({ key: signingKey, issuer, audience, clock: createManualClock() }).sign(subject);

const createRing = () => createKeyRing({ keys: [toPublicJwk(before)] });
const accepted = expect.objectContaining({ id: subject.id });
const refused = expect.objectContaining({ status: 401, detail: expect.stringContaining('does not trust') });

describe('when the keys of a ring are replaced', () => {
  it('tokens of the new key are accepted', async () => {
    const ring = createRing();
    const verifier = createTestVerifier(ring);
    const token = await sign(after);
    expect(await verifyOrError(verifier, token)).toEqual(refused);
    ring.replace({ keys: [before, after].map(toPublicJwk) });
    expect(await verifyOrError(verifier, token)).toEqual(accepted);
    expect(await verifyOrError(verifier, await sign(before))).toEqual(accepted);
  });

  it('tokens of the retired key are refused immediately, including one that was verified before', async () => {
    const ring = createRing();
    const verifier = createTestVerifier(ring);
    const token = await sign(before);
    expect(await verifyOrError(verifier, token)).toEqual(accepted);
    ring.replace({ keys: [toPublicJwk(after)] });
    expect(await verifyOrError(verifier, token)).toEqual(refused);
  });

  it('a token of another key under the name of the retired one is refused', async () => {
    const ring = createRing();
    const verifier = createTestVerifier(ring);
    const token = await sign(before);
    await verifier.verify(token);
    ring.replace({ keys: [{ ...toPublicJwk(after), kid: before.kid }] });
    expect(await verifyOrError(verifier, token)).toMatchObject({
      status: 401,
      detail: 'The signature of the token is not valid.',
    });
  });

  it('race: a verification in progress uses the keys that it began with, and the next one the new keys', async () => {
    const ring = createRing();
    const verifier = createTestVerifier(ring);
    const token = await sign(before);
    const pending = verifyOrError(verifier, token);
    ring.replace({ keys: [toPublicJwk(after)] });
    expect(await pending).toEqual(accepted);
    expect(await verifyOrError(verifier, token)).toEqual(refused);
  });
});
