import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { generateSigningKey, type PrivateJwk, type PublicJwk, PublicJwks, toPublicJwk } from '@plinth/auth';
import { StartupError } from '@plinth/data-kit';

/** A file of public keys, which `AUTH_JWKS_FILE` names. */
export type KeySet = {
  readonly path: string;
  /** The key that signs, where that is known. */
  readonly signingKid?: string;
  /** Stores a new private key. Returns what to do next or, where no key is stored, the key. */
  readonly store: (key: PrivateJwk) => Promise<string>;
};

/** The key set of a deployment. Its private keys are printed and stored nowhere. */
export const openKeySet = (path: string): KeySet => ({ path, store: async (key) => JSON.stringify(key) });

/** Replaces a file atomically, so that no process reads half of it. */
export const replaceFile = async (path: string, content: object, mode: number): Promise<void> => {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(content)}\n`, { mode });
  await rename(draft, path);
};

const writeKeys = async (path: string, keys: readonly PublicJwk[]): Promise<void> => {
  try {
    await replaceFile(path, { keys }, 0o644);
  } catch (cause) {
    throw new StartupError(
      `${path} cannot be written (${(cause as NodeJS.ErrnoException).code}). Create its folder, or name another file.`,
      { cause },
    );
  }
};

/** Resolves with undefined when there is no such file. */
const findKeys = async (path: string): Promise<readonly PublicJwk[] | undefined> => {
  try {
    return PublicJwks.parse(JSON.parse(await readFile(path, 'utf8'))).keys;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const problem = `${path} is not a JSON Web Key Set of public Ed25519 keys. Correct it, or delete it.`;
    throw new StartupError(problem, { cause });
  }
};

const readKeys = async (path: string): Promise<readonly PublicJwk[]> => {
  const keys = await findKeys(path);
  if (keys) return keys;
  throw new StartupError(`There is no file ${path}. Create one with: npm run keys -- make --file ${path}`);
};

/** Returns a line for each key that is trusted. */
export const listKeys = async ({ path, signingKid }: KeySet): Promise<string[]> =>
  (await readKeys(path)).map(({ kid }) => (kid === signingKid ? `${kid}  signs` : kid));

/** Creates a signing key and trusts it. Returns its name and the result of `store`. */
export const makeKey = async ({ path, store }: KeySet): Promise<{ kid: string; result: string }> => {
  const key = await generateSigningKey();
  // Trusted first, so that no token is signed with a key that is refused.
  await writeKeys(path, [...((await findKeys(path)) ?? []), toPublicJwk(key)]);
  return { kid: key.kid, result: await store(key) };
};

/** Removes a key: processes that read the file refuse its tokens within about a second. */
export const retireKey = async (kid: string, { path, signingKid }: KeySet): Promise<void> => {
  const keys = await readKeys(path);
  const kept = keys.filter((key) => key.kid !== kid);
  if (kept.length === keys.length) throw new StartupError(`${path} has no key ${kid}. See npm run keys -- list.`);
  if (kid === signingKid || kept.length === 0) {
    throw new StartupError(`${kid} is the signing key, or the only key. Make another first: npm run keys -- make`);
  }
  await writeKeys(path, kept);
};
