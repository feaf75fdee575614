import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrivateJwk, PublicJwk } from '@plinth/auth';
import { DevDatabasesError } from '@plinth/dev-databases';
import { type DevelopmentSecrets, readDevelopmentSecrets, toPublicJwks } from './secrets.ts';

/** Replaces a file at once, so that no process reads half of it. */
async function replaceFile(path: string, content: object, mode: number): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(content)}\n`, { mode });
  await rename(draft, path);
}

const writeKeys = (path: string, keys: readonly PublicJwk[]): Promise<void> => replaceFile(path, { keys }, 0o644);

/** Returns the keys of a key set file, or undefined when there is no such file. */
async function findKeys(path: string): Promise<readonly PublicJwk[] | undefined> {
  // Loaded here, because a start does not need it.
  const { PublicJwks } = await import('@plinth/auth');
  try {
    return PublicJwks.parse(JSON.parse(await readFile(path, 'utf8'))).keys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new DevDatabasesError(`${path} is not a JSON Web Key Set of public Ed25519 keys. Correct it, or delete it.`);
  }
}

/** Returns the path of the key set that `npm start` trusts. The set is created when it is missing or lacks the signing key. */
export async function prepareKeySet(dataDir: string, secrets: DevelopmentSecrets): Promise<string> {
  const path = join(dataDir, 'jwks.json');
  const text = await readFile(path, 'utf8').catch(() => '');
  if (!text.includes(`"${secrets.tokenSigningKey.kid}"`))
    await replaceFile(path, JSON.parse(toPublicJwks(secrets)), 0o644);
  return path;
}

/** A key set, and the key that signs for it, where that is known. */
type KeySet = {
  readonly path: string;
  readonly signingKid?: string | undefined;
  readonly save: (key: PrivateJwk) => Promise<string>;
};

async function openDevelopmentKeySet(dataDir: string): Promise<KeySet> {
  const secrets = await readDevelopmentSecrets(dataDir);
  const { kid } = secrets.tokenSigningKey;
  return {
    path: await prepareKeySet(dataDir, secrets),
    signingKid: kid,
    save: async (tokenSigningKey) => {
      await replaceFile(join(dataDir, 'secrets.json'), { ...secrets, tokenSigningKey }, 0o600);
      return `npm run token signs with it. End the previous one: npm run keys -- retire ${kid}`;
    },
  };
}

/** The key set of a deployment. Its private keys are printed and stored nowhere. */
const openFile = (path: string): KeySet => ({ path, save: async (key) => JSON.stringify(key) });

export type KeysOptions = { readonly dataDir: string; readonly file?: string | undefined };

const open = ({ dataDir, file }: KeysOptions): Promise<KeySet> | KeySet =>
  file === undefined ? openDevelopmentKeySet(dataDir) : openFile(file);

async function readKeys(path: string): Promise<readonly PublicJwk[]> {
  const keys = await findKeys(path);
  if (keys) return keys;
  throw new DevDatabasesError(`There is no file ${path}. Create one with: npm run keys -- make --file ${path}`);
}

/** Returns a line for each key that is trusted. */
export async function listKeys(options: KeysOptions): Promise<string[]> {
  const { path, signingKid } = await open(options);
  return (await readKeys(path)).map(({ kid }) => (kid === signingKid ? `${kid}  signs` : kid));
}

/** Makes a signing key and trusts it. Returns its name, and either what to do next or, for a file, the private key. */
export async function makeKey(options: KeysOptions): Promise<{ kid: string; path: string; result: string }> {
  const { generateSigningKey, toPublicJwk } = await import('@plinth/auth');
  const { path, save } = await open(options);
  const key = await generateSigningKey();
  // Trusted first, so that no token is signed with a key that is refused.
  await writeKeys(path, [...((await findKeys(path)) ?? []), toPublicJwk(key)]);
  return { kid: key.kid, path, result: await save(key) };
}

/** Ends the trust in a key: processes that read the file refuse its tokens within about a second. */
export async function retireKey(kid: string, options: KeysOptions): Promise<void> {
  const { path, signingKid } = await open(options);
  const keys = await readKeys(path);
  const kept = keys.filter((key) => key.kid !== kid);
  if (kept.length === keys.length) throw new DevDatabasesError(`${path} has no key ${kid}. See npm run keys -- list.`);
  if (kid === signingKid || kept.length === 0) {
    throw new DevDatabasesError(
      `${kid} is the key that signs, or the last one. Make another first: npm run keys -- make`,
    );
  }
  await writeKeys(path, kept);
}
