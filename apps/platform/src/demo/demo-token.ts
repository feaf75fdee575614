import { readFile } from 'node:fs/promises';
import { createTokenSigner, PrivateJwk } from '@plinth/auth';
import { StartupError } from '@plinth/data-kit';
import { systemClock } from '@plinth/service-kit';
import type { DemoUser } from './users.ts';

const secretsFile = new URL('../../../../.data/secrets.json', import.meta.url);

const readSigningKey = async (): Promise<PrivateJwk> => {
  try {
    const { tokenSigningKey } = JSON.parse(await readFile(secretsFile, 'utf8')) as { tokenSigningKey: unknown };
    return PrivateJwk.parse(tokenSigningKey);
  } catch (cause) {
    throw new StartupError('There is no development key in .data/secrets.json. Run `npm start` once to create it.', {
      cause,
    });
  }
};

/** Creates an access token of a demo user, signed with the development key. It expires after 15 minutes. */
export const createDemoToken = async (
  user: DemoUser,
  parties: { issuer: string; audience: string },
): Promise<string> => {
  const signer = createTokenSigner({ key: await readSigningKey(), clock: systemClock, ...parties });
  return signer.sign({ id: user.id, tenantId: user.tenantId, roles: [user.role] });
};
