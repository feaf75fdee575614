import { createTokenSigner } from '@plinth/auth';
import { systemClock } from '@plinth/service-kit';
import { readDevelopmentKey } from '../keys/development-keys.ts';
import type { DemoUser } from './users.ts';

/** Creates an access token of a demo user, signed with the development key. It expires after 15 minutes. */
export const createDemoToken = async (
  user: DemoUser,
  parties: { issuer: string; audience: string },
): Promise<string> => {
  const signer = createTokenSigner({ key: await readDevelopmentKey(), clock: systemClock, ...parties });
  return signer.sign({ id: user.id, tenantId: user.tenantId, roles: [user.role] });
};
