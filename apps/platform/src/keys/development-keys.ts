import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrivateJwk } from '@plinth/auth';
import { StartupError } from '@plinth/data-kit';
import { type KeySet, replaceFile } from './key-set.ts';

/** The folder in which `npm start` creates the keys of a checkout. */
const dataFolder = fileURLToPath(new URL('../../../../.data', import.meta.url));

const readSecrets = async (path: string): Promise<{ tokenSigningKey: PrivateJwk }> => {
  try {
    const secrets = JSON.parse(await readFile(path, 'utf8'));
    return { ...secrets, tokenSigningKey: PrivateJwk.parse(secrets.tokenSigningKey) };
  } catch (cause) {
    throw new StartupError('There is no development key in .data/secrets.json. Run `npm start` once to create it.', {
      cause,
    });
  }
};

/** Reads the key that signs the tokens of the demo users. */
export const readDevelopmentKey = async (): Promise<PrivateJwk> =>
  (await readSecrets(join(dataFolder, 'secrets.json'))).tokenSigningKey;

/** Opens the key set that `npm start` trusts. A new key replaces the one that signs the tokens of the demo users. */
export const openDevelopmentKeySet = async (folder = dataFolder): Promise<KeySet> => {
  const file = join(folder, 'secrets.json');
  const secrets = await readSecrets(file);
  const { kid } = secrets.tokenSigningKey;
  return {
    path: join(folder, 'jwks.json'),
    signingKid: kid,
    store: async (tokenSigningKey) => {
      await replaceFile(file, { ...secrets, tokenSigningKey }, 0o600);
      return `npm run token signs with it. End the previous one: npm run keys -- retire ${kid}`;
    },
  };
};
