import { apiUrl } from '../api/api-url.ts';

/** A demo user with a token, as the platform offers it in development. */
export type Account = {
  readonly id: string;
  readonly tenantId: string;
  readonly organization: string;
  readonly role: string;
  readonly name: string;
  readonly token: string;
};

/** Fetches the demo accounts with new tokens. Undefined where there are none, as in production. */
export const fetchAccounts = async (): Promise<readonly Account[] | undefined> => {
  const response = await fetch(`${apiUrl}/demo/accounts`);
  // A host of static files may send the page for any path.
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  if (!response.ok || !isJson) return undefined;
  const { accounts } = (await response.json()) as { readonly accounts: readonly Account[] };
  return accounts;
};
