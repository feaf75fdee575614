import { createTestIssuer, type Issuer } from '@plinth/auth/testing';

export type Person = {
  readonly id: string;
  readonly tenantId: string;
  readonly role: 'owner' | 'member';
};

export type Tokens = {
  /** What makes a platform trust them. */
  readonly settings: Issuer['settings'];
  /** A token of a person that is good for another ten minutes. */
  of(person: Person): Promise<string>;
};

const renewAfterMs = 5 * 60_000;

/** Signs with a key that nobody else has. */
export const createTokens = async (): Promise<Tokens> => {
  const { settings, createToken } = await createTestIssuer();
  const signed = new Map<string, { readonly token: Promise<string>; readonly at: number }>();
  return {
    settings,
    of: ({ id, tenantId, role }) => {
      const known = signed.get(id);
      if (known && performance.now() - known.at <= renewAfterMs) return known.token;
      const token = createToken({ id, tenantId, roles: [role] });
      signed.set(id, { token, at: performance.now() });
      return token;
    },
  };
};
