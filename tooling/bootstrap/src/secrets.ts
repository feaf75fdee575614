import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrivateJwk } from '@plinth/auth';
import { DevDatabasesError } from '@plinth/dev-databases';

/** The keys of a development machine: created once, never shared, ignored by git. */
export type DevelopmentSecrets = { tokenSigningKey: PrivateJwk; cursorSecret: string };

/** Reads `secrets.json`, and creates it when it is missing. Two processes at once read the same one. */
export async function readDevelopmentSecrets(dataDir: string): Promise<DevelopmentSecrets> {
  const path = join(dataDir, 'secrets.json');
  const read = async (): Promise<DevelopmentSecrets> => JSON.parse(await readFile(path, 'utf8'));
  try {
    return await read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new DevDatabasesError(`${path} cannot be read: delete it, and the next start creates another.`);
    }
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(await createSecrets(), null, 2)}\n`, { mode: 0o600 });
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

async function createSecrets(): Promise<DevelopmentSecrets> {
  // Loaded here, because only the first start needs it.
  const { generateSigningKey } = await import('@plinth/auth');
  return { tokenSigningKey: await generateSigningKey(), cursorSecret: randomBytes(32).toString('base64url') };
}

/** The key set that verifies what the signing key signed. */
export function toPublicJwks({ tokenSigningKey }: DevelopmentSecrets): string {
  const { d: _private, ...publicKey } = tokenSigningKey;
  return JSON.stringify({ keys: [publicKey] });
}
