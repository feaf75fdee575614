import { readFile } from 'node:fs/promises';
import { createTokenSigner, PrivateJwk } from '@plinth/auth';
import { StartupError } from '@plinth/data-kit';
import { systemClock } from '@plinth/service-kit';
import type { DemoPerson } from './people.ts';

const secretsFile = new URL('../../../../.data/secrets.json', import.meta.url);

const signingKey = async (): Promise<PrivateJwk> => {
  try {
    const { tokenSigningKey } = JSON.parse(await readFile(secretsFile, 'utf8')) as { tokenSigningKey: unknown };
    return PrivateJwk.parse(tokenSigningKey);
  } catch (cause) {
    throw new StartupError('There is no development key in .data/secrets.json. Run `npm start` once; it makes one.', {
      cause,
    });
  }
};

/** An access token of a demo person, signed with the development key; it lives for 15 minutes. */
export const demoToken = async (person: DemoPerson, parties: { issuer: string; audience: string }): Promise<string> => {
  const signer = createTokenSigner({ key: await signingKey(), clock: systemClock, ...parties });
  return signer.sign({ id: person.id, tenantId: person.tenantId, roles: [person.role] });
};
