import { expect, it } from 'vitest';
import { createManualClock, subject } from '../../test/tokens.ts';
import { createKeyRing, createRevocations, createTokenVerifier } from '../index.ts';
import { createTestIssuer } from './issuer.ts';

it('an issuer signs tokens that a host with its settings accepts, but no tokens of the future or of another issuer', async () => {
  const [issuer, other] = [await createTestIssuer(), await createTestIssuer()];
  const clock = createManualClock();
  const keys = createKeyRing(JSON.parse(issuer.settings.AUTH_JWKS));
  const revocations = createRevocations();
  const verifier = createTokenVerifier({ keys, clock, revocations, issuer: 'plinth', audience: 'plinth-api' });
  const verify = async (token: Promise<string>) => verifier.verify(await token);
  expect(await verify(issuer.createToken(subject, clock.now()))).toMatchObject(subject);
  const future = new Date(clock.now().getTime() + 60_000);
  await expect(verify(issuer.createToken(subject, future))).rejects.toMatchObject({ status: 401 });
  await expect(verify(other.createToken(subject, clock.now()))).rejects.toMatchObject({ status: 401 });
});
