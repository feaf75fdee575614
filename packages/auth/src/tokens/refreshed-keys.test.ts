import { expect, it, vi } from 'vitest';
import { audience, createManualClock, foreignKey, issuer, key, subject } from '../../test/tokens.ts';
import { createKeyRing, createRevocations, createTokenSigner, createTokenVerifier, toPublicJwk } from '../index.ts';

const clock = createManualClock();

/** Creates a verifier that trusts `key`, and finds the keys of the own issuer when it refreshes them. */
const createRefreshing = (findKeys: () => Promise<readonly (typeof key)[]>) => {
  const keys = createKeyRing({ keys: [toPublicJwk(key)] });
  const refreshKeys = vi.fn<() => Promise<boolean>>(async () => {
    keys.replaceIssued((await findKeys()).map(toPublicJwk));
    return true;
  });
  const verifier = createTokenVerifier({
    keys,
    refreshKeys,
    issuer,
    audience,
    clock,
    revocations: createRevocations(),
  });
  return { keys, refreshKeys, verifier };
};

const newToken = await createTokenSigner({ key: foreignKey, issuer, audience, clock }).sign(subject);

it('a token of a key that was added a moment ago is accepted, and its key is looked up once', async () => {
  const { verifier, refreshKeys } = createRefreshing(async () => [foreignKey]);
  expect(await verifier.verify(newToken)).toMatchObject({ id: subject.id });
  expect(await verifier.verify(newToken)).toMatchObject({ id: subject.id });
  expect(refreshKeys).toHaveBeenCalledTimes(1);
});

it('boundary: a key that is unknown after the look-up too is a 401, and so is one without a look-up', async () => {
  const { verifier, refreshKeys } = createRefreshing(async () => []);
  await expect(verifier.verify(newToken)).rejects.toMatchObject({ code: 'unauthenticated' });
  refreshKeys.mockResolvedValue(false);
  await expect(verifier.verify(newToken)).rejects.toMatchObject({ code: 'unauthenticated' });
});

it('integrity: a look-up that fails is no 401', async () => {
  const { verifier } = createRefreshing(() => Promise.reject(new RangeError('the database is away')));
  await expect(verifier.verify(newToken)).rejects.toThrow('the database is away');
});

it('race: a token whose key is retired while it is verified is verified again by the next request', async () => {
  const { verifier, keys } = createRefreshing(async () => []);
  keys.replaceIssued([toPublicJwk(foreignKey)]);
  const verifying = verifier.verify(newToken);
  keys.replaceIssued([]);
  await verifying;
  await expect(verifier.verify(newToken)).rejects.toMatchObject({ code: 'unauthenticated' });
});
