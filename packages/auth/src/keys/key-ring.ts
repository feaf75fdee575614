import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { PublicJwks } from './public-jwks.ts';

/** The names (`kid`) of the keys that a new key set has added and removed. */
export type KeyChanges = { readonly added: readonly string[]; readonly retired: readonly string[] };

/** The keys that tokens are verified with. They can be replaced while requests are served. */
export type KeyRing = {
  /**
   * Finds the public key of a token by its exact `kid`, which is an opaque name: it is never followed as a path or URL. Each
   * change of the keys creates a new function.
   */
  readonly current: JWTVerifyGetKey;
  /** The names of the current keys. */
  readonly kids: readonly string[];
  /**
   * Trusts the keys of this set and no others from now on.
   * @throws a `TypeError` that names each invalid key and quotes none. The keys stay as they are then.
   */
  replace(jwks: unknown): KeyChanges;
};

const parse = (jwks: unknown): PublicJwks => {
  const { data, error } = PublicJwks.safeParse(jwks);
  if (error) throw new TypeError(`The key set cannot be used.\n${z.prettifyError(error)}`);
  return data;
};

type Keys = PublicJwks['keys'];

/** The names of the keys that `others` lacks. Keys are compared by their bytes, so another key of the same name is missing too. */
const listMissing = (keys: Keys, others: Keys): string[] =>
  keys.filter(({ kid, x }) => !others.some((other) => other.kid === kid && other.x === x)).map(({ kid }) => kid);

/**
 * Creates the key ring of a JSON Web Key Set.
 * @throws a `TypeError` that names each invalid key and quotes none.
 */
export const createKeyRing = (jwks: unknown): KeyRing => {
  let { keys } = parse(jwks);
  let current = createLocalJWKSet({ keys });
  return {
    get current() {
      return current;
    },
    get kids() {
      return keys.map(({ kid }) => kid);
    },
    replace: (next) => {
      const { keys: nextKeys } = parse(next);
      const changes = { added: listMissing(nextKeys, keys), retired: listMissing(keys, nextKeys) };
      if (changes.added.length + changes.retired.length > 0) current = createLocalJWKSet({ keys: nextKeys });
      keys = nextKeys;
      return changes;
    },
  };
};
