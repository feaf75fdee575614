import type { Signer } from '@plinth/data-kit';
import { CompactSign, type CryptoKey, compactVerify, importJWK } from 'jose';
import type { PublicJwk } from '../keys/public-jwks.ts';
import type { PrivateJwk } from '../keys/signing-key.ts';

const algorithm = 'EdDSA';

/** Distinguishes statements from other signatures of the same key, such as those of tokens. */
const statementType = 'plinth-statement';

/** Creates a signer of statements, such as checkpoints of the audit trail. */
export const createSigner = (key: PrivateJwk): Signer => ({
  sign: (statement) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(statement)))
      .setProtectedHeader({ alg: algorithm, typ: statementType, kid: key.kid })
      .sign(key),
});

/** Returns the statement of a signature, undefined when none of the keys has signed it. */
export type ReadStatement = (signature: string) => Promise<unknown>;

/** Creates the function that reads statements which one of the keys has signed. */
export const createStatementReader = (keys: readonly PublicJwk[]): ReadStatement => {
  const imported = new Map(keys.map((key) => [key.kid, importJWK(key, algorithm)]));
  return async (signature) => {
    try {
      const findKey = async ({ kid }: { kid?: string }): Promise<CryptoKey | Uint8Array> => {
        const key = await imported.get(kid ?? '');
        if (!key) throw new TypeError('The key is unknown.');
        return key;
      };
      const { payload, protectedHeader } = await compactVerify(signature, findKey, { algorithms: [algorithm] });
      if (protectedHeader.typ !== statementType) return undefined;
      return JSON.parse(new TextDecoder().decode(payload)) as unknown;
    } catch {
      return undefined;
    }
  };
};
