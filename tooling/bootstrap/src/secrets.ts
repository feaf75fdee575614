import { createHash, generateKeyPairSync, type JsonWebKey, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The keys of a development machine: created once, never shared, ignored by git. */
export type DevelopmentSecrets = { tokenSigningKey: JsonWebKey; cursorSecret: string };

/** Reads `secrets.json`, and creates it when it is missing. Two processes at once read the same one. */
export async function readDevelopmentSecrets(dataDir: string): Promise<DevelopmentSecrets> {
  const path = join(dataDir, 'secrets.json');
  const read = async (): Promise<DevelopmentSecrets> => JSON.parse(await readFile(path, 'utf8'));
  try {
    return await read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await mkdir(dataDir, { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(createSecrets(), null, 2)}\n`, { mode: 0o600 });
  try {
    // Unlike a rename, a link never replaces the file that another process made meanwhile.
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
  return read();
}

function createSecrets(): DevelopmentSecrets {
  const { kty, crv, x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  // RFC 7638: the thumbprint of the public members in this order names the key.
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
  const tokenSigningKey = { kty, crv, x, d, kid, alg: 'EdDSA', use: 'sig' } as JsonWebKey;
  return { tokenSigningKey, cursorSecret: randomBytes(32).toString('base64url') };
}

/** The key set that verifies what the signing key signed. */
export function toPublicJwks({ tokenSigningKey }: DevelopmentSecrets): string {
  const { d: _private, ...publicKey } = tokenSigningKey;
  return JSON.stringify({ keys: [publicKey] });
}
