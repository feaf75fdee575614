import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrivateJwk } from '@plinth/auth';
import { createPrivateFile } from '@plinth/dev-databases';

/** The keys of a development machine: created once, never shared, ignored by git. */
export type DevelopmentSecrets = {
  tokenSigningKey: PrivateJwk;
  auditSigningKey: PrivateJwk;
  cursorSecret: string;
  identitySecret: string;
};

/** Reads `secrets.json`, and creates it when it is missing. */
export async function readDevelopmentSecrets(dataDir: string): Promise<DevelopmentSecrets> {
  const path = join(dataDir, 'secrets.json');
  await createPrivateFile(path, createSecrets);
  let secrets: DevelopmentSecrets;
  try {
    secrets = JSON.parse(await readFile(path, 'utf8')) as DevelopmentSecrets;
  } catch {
    throw new Error(`${path} cannot be read: delete it, and the next start creates another.`);
  }
  return secrets.auditSigningKey && secrets.identitySecret ? secrets : addMissing(path, secrets);
}

const toText = (secrets: DevelopmentSecrets): string => `${JSON.stringify(secrets, null, 2)}\n`;

const createSecret = (): string => randomBytes(32).toString('base64url');

/** Creates what the secrets of an earlier version lack. */
async function createMissing(): Promise<Partial<DevelopmentSecrets>> {
  const { generateSigningKey } = await import('@plinth/auth');
  return { auditSigningKey: await generateSigningKey(), identitySecret: createSecret() };
}

async function addMissing(path: string, earlier: DevelopmentSecrets): Promise<DevelopmentSecrets> {
  const secrets = { ...(await createMissing()), ...earlier };
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, toText(secrets), { mode: 0o600 });
  await rename(temporary, path);
  return secrets;
}

async function createSecrets(): Promise<string> {
  // Loaded here, because only the first start needs it.
  const { generateSigningKey } = await import('@plinth/auth');
  const [tokenSigningKey, auditSigningKey] = [await generateSigningKey(), await generateSigningKey()];
  return toText({ tokenSigningKey, auditSigningKey, cursorSecret: createSecret(), identitySecret: createSecret() });
}

/** Returns the path of the key set that `npm start` trusts. It is created when it is missing or lacks the signing key. */
export async function prepareKeySet(dataDir: string, { tokenSigningKey }: DevelopmentSecrets): Promise<string> {
  const path = join(dataDir, 'jwks.json');
  const text = await readFile(path, 'utf8').catch(() => '');
  const { d: _private, ...publicKey } = tokenSigningKey;
  if (!text.includes(`"${publicKey.kid}"`)) await writeFile(path, JSON.stringify({ keys: [publicKey] }));
  return path;
}
