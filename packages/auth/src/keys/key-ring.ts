import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { type PublicJwk, PublicJwks } from './public-jwks.ts';

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
  /** Trusts these keys of the product's own issuer too, instead of those of the last call. A name that the key set has stays as it is. */
  replaceIssued(keys: readonly PublicJwk[]): KeyChanges;
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
  let { keys: configured } = parse(jwks);
  let issued: Keys = [];
  let keys = configured;
  let current = createLocalJWKSet({ keys });
  const update = (): KeyChanges => {
    const others = issued.filter(({ kid }) => !configured.some((key) => key.kid === kid));
    const next = [...configured, ...others];
    const changes = { added: listMissing(next, keys), retired: listMissing(keys, next) };
    if (changes.added.length + changes.retired.length > 0) current = createLocalJWKSet({ keys: next });
    keys = next;
    return changes;
  };
  return {
    get current() {
      return current;
    },
    get kids() {
      return keys.map(({ kid }) => kid);
    },
    replace: (next) => {
      configured = parse(next).keys;
      return update();
    },
    replaceIssued: (next) => {
      issued = [...next];
      return update();
    },
  };
};
