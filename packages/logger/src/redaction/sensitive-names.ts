import type { DataClass } from '@plinth/contract-kit';

// Secret whatever the schemas say: these names come with headers and libraries, not with our DTOs. As endings they also
// match Set-Cookie, X-Api-Key, refreshToken, clientSecret and newPassword.
const alwaysSecret = /(?:authorization|cookie|password|passwordhash|token|secret|apikey|privatekey)$/;

// `accessToken`, `access_token` and `Access-Token` are one name.
const fold = (name: string): string => name.toLowerCase().replace(/[-_]/g, '');

/** Returns the data class of a property by its name, if it has one. */
export type Classify = (name: string) => DataClass | undefined;

/** Creates a lookup over the built-in names and the classified ones; `secret` wins over `pii`. */
export const createClassify = (classified: ReadonlyMap<string, DataClass>): Classify => {
  const classes = new Map<string, DataClass>();
  for (const [name, dataClass] of classified) {
    if (classes.get(fold(name)) !== 'secret') classes.set(fold(name), dataClass);
  }
  return (name) => {
    const folded = fold(name);
    return alwaysSecret.test(folded) ? 'secret' : classes.get(folded);
  };
};
