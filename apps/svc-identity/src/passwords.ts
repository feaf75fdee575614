import { hash, parseOptions, verify } from '@node-rs/argon2';
import type { Passwords } from '@plinth/contracts/identity';
import { dictionary } from '@zxcvbn-ts/language-common';

export type PasswordOptions = { readonly memoryKib: number; readonly passes: number };

const commonMax = 3000;

/** The same character in two encodings is the same password (NIST SP 800-63B). */
const normalize = (password: string): string => password.normalize('NFKC');

/** Creates the hashes of passwords: argon2id, in the threads of libuv. */
export const createPasswords = async ({ memoryKib, passes }: PasswordOptions): Promise<Passwords> => {
  const options = { memoryCost: memoryKib, timeCost: passes, parallelism: 1 };
  const common = new Set(dictionary['passwords-common'].slice(0, commonMax).map(String));
  const hashPassword = (password: string): Promise<string> => hash(normalize(password), options);
  // Compared with for unknown addresses. It has the present parameters, like the hash of an account that has signed in since they changed.
  const unknown = await hashPassword('no account has this password');
  return {
    isCommon: (password) => common.has(normalize(password).toLowerCase()),
    hash: hashPassword,
    verify: async (password, stored) => {
      const isEqual = await verify(stored ?? unknown, normalize(password));
      if (stored === undefined) return { isValid: false, needsRehash: false };
      const { memoryCost, timeCost } = parseOptions(stored);
      return { isValid: isEqual, needsRehash: isEqual && (memoryCost < memoryKib || timeCost < passes) };
    },
  };
};
