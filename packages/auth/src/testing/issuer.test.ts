import { expect, it } from 'vitest';
import { heldClock, subject } from '../../test/tokens.ts';
import { createKeyRing, createRevocations, createTokenVerifier, type PublicJwks } from '../index.ts';
import { anIssuer } from './issuer.ts';

it('an issuer makes tokens that whoever has its settings accepts from then on', async () => {
  const [issuer, other] = [await anIssuer(), await anIssuer()];
  const clock = heldClock();
  const keys = createKeyRing(JSON.parse(issuer.settings.AUTH_JWKS) as PublicJwks);
  const parties = { issuer: 'plinth', audience: 'plinth-api' };
  const verifier = createTokenVerifier({ keys, clock, revocations: createRevocations({ clock }), ...parties });
  const verified = async (token: Promise<string>) => verifier.verify(await token);
  expect(await verified(issuer.tokenOf(subject, clock.now()))).toMatchObject(subject);
  const later = new Date(clock.now().getTime() + 60_000);
  await expect(verified(issuer.tokenOf(subject, later))).rejects.toMatchObject({ status: 401 });
  await expect(verified(other.tokenOf(subject, clock.now()))).rejects.toMatchObject({ status: 401 });
});
