import { decodeJwt } from 'jose';
import type { Principal } from '../api/can.ts';
import { type Account, fetchAccounts } from './accounts.ts';
import { tryStorage } from './storage.ts';

/** A user signs in with a demo account, whose tokens are fetched, or with a token. */
export type Credential =
  | ({ readonly kind: 'demo' } & Omit<Account, 'token'>)
  | { readonly kind: 'token'; readonly token: string };

/** Leaves the token out: a new one is fetched when it is needed. */
export const toCredential = ({ id, tenantId, organization, role, name }: Account): Credential => ({
  kind: 'demo',
  id,
  tenantId,
  organization,
  role,
  name,
});

const key = 'credential';

/** A token is forgotten with its tab. A demo account has no secret, so other tabs have it too. */
const getStorage = ({ kind }: Pick<Credential, 'kind'>): Storage => (kind === 'demo' ? localStorage : sessionStorage);

export const storeCredential = (credential: Credential): void =>
  tryStorage(() => getStorage(credential).setItem(key, JSON.stringify(credential)));

export const forgetCredential = (): void =>
  tryStorage(() => {
    for (const storage of [localStorage, sessionStorage]) storage.removeItem(key);
  });

const fieldsByKind: Readonly<Record<string, readonly string[]>> = {
  demo: ['id', 'tenantId', 'organization', 'role', 'name'],
  token: ['token'],
};

/** Returns undefined for a text that is no longer, or never was, a credential: other pages of `localhost` share the storage. */
const parseCredential = (text: string): Credential | undefined => {
  try {
    const value = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const isComplete = fieldsByKind[String(value['kind'])]?.every((name) => typeof value[name] === 'string');
    return isComplete ? (value as Credential) : undefined;
  } catch {
    return undefined;
  }
};

export const readCredential = (): Credential | undefined =>
  parseCredential(tryStorage(() => sessionStorage.getItem(key) ?? localStorage.getItem(key)) ?? '');

/** Reads the user of an access token, which only the API can verify. Undefined for any other text. */
const readToken = (token: string): Principal | undefined => {
  try {
    const { sub, tenantId, roles } = decodeJwt(token);
    if (typeof sub !== 'string' || typeof tenantId !== 'string' || !Array.isArray(roles)) return undefined;
    return { id: sub, tenantId, roles: roles.map(String) };
  } catch {
    return undefined;
  }
};

/** Returns the user of a credential. */
export const toPrincipal = (credential: Credential): Principal | undefined => {
  if (credential.kind === 'token') return readToken(credential.token);
  const { id, tenantId, role } = credential;
  return { id, tenantId, roles: [role] };
};

/** Returns a token that the API has not refused yet. @throws when there is none. */
export const fetchToken = async (credential: Credential, refused: string | undefined): Promise<string> => {
  if (credential.kind === 'token') {
    if (credential.token === refused) throw new Error('The token has expired or is not accepted.');
    return credential.token;
  }
  const accounts = await fetchAccounts();
  const account = accounts?.find(({ id }) => id === credential.id);
  if (!account) throw new Error('The demo account no longer exists.');
  return account.token;
};
