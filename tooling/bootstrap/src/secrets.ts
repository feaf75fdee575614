import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrivateJwk } from '@plinth/auth';
import { DevDatabasesError } from '@plinth/dev-databases';

/** The keys of a development machine: created once, never shared, ignored by git. */
export type DevelopmentSecrets = { tokenSigningKey: PrivateJwk; cursorSecret: string };

/** Reads `secrets.json`, and creates it when it is missing. Two processes at once read the same one. */
export async function readDevelopmentSecrets(dataDir: string): Promise<DevelopmentSecrets> {
  const path = join(dataDir, 'secrets.json');
  if (!existsSync(path)) {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await createSecrets(path);
  }
  try {
    return JSON.parse(await readFile(path, 'utf8')) as DevelopmentSecrets;
  } catch {
    throw new DevDatabasesError(`${path} cannot be read: delete it, and the next start creates another.`);
  }
}

async function createSecrets(path: string): Promise<void> {
  // Loaded here, because only the first start needs it.
  const { generateSigningKey } = await import('@plinth/auth');
  const secrets = { tokenSigningKey: await generateSigningKey(), cursorSecret: randomBytes(32).toString('base64url') };
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  try {
    // Unlike a rename, a link never replaces the file that another process made meanwhile.
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
}

/** The key set that verifies what the signing key signed. */
export function toPublicJwks({ tokenSigningKey }: DevelopmentSecrets): string {
  const { d: _private, ...publicKey } = tokenSigningKey;
  return JSON.stringify({ keys: [publicKey] });
}
