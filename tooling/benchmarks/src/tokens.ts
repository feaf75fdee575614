import { createTokenSigner, generateSigningKey, type PublicJwk, toPublicJwk } from '@plinth/auth';

export type Person = {
  readonly id: string;
  readonly tenantId: string;
  readonly role: 'owner' | 'member';
};

export type Tokens = {
  readonly key: PublicJwk;
  /** A token of a person that is good for another ten minutes. */
  of(person: Person): Promise<string>;
};

const renewAfterMs = 5 * 60_000;

/** Signs with a key that nobody else has. */
export const createTokens = async (): Promise<Tokens> => {
  const key = await generateSigningKey();
  const clock = { now: () => new Date() };
  const signer = createTokenSigner({ key, clock, issuer: 'plinth', audience: 'plinth-api' });
  const signed = new Map<string, { readonly token: Promise<string>; readonly at: number }>();
  return {
    key: toPublicJwk(key),
    of: ({ id, tenantId, role }) => {
      const known = signed.get(id);
      if (known && performance.now() - known.at <= renewAfterMs) return known.token;
      const token = signer.sign({ id, tenantId, roles: [role] });
      signed.set(id, { token, at: performance.now() });
      return token;
    },
  };
};
