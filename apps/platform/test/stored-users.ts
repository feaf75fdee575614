import type { TokenSubject } from '@plinth/auth';
import { builtInRoles } from '@plinth/contract-kit';
import { openRaw } from '@plinth/mongo/testing';
import { createStoredUser } from '@plinth/testing';

type Databases = { readonly MONGODB_URI: string; readonly MONGODB_DATABASE_PREFIX: string };

const isDuplicate = (error: unknown): boolean => (error as { code?: unknown }).code === 11_000;

/**
 * Stores the user of a token in the databases of a host that has started, as an owner unless the token has another built-in role.
 * A token of a user who is not stored is refused. A user who is stored already stays unchanged.
 */
export const storeUser = async (
  { MONGODB_URI, MONGODB_DATABASE_PREFIX }: Databases,
  { id, tenantId, roles }: TokenSubject,
): Promise<void> => {
  const role = builtInRoles.find((known) => roles.includes(known)) ?? 'owner';
  const raw = openRaw(MONGODB_URI);
  try {
    await raw.collection(`${MONGODB_DATABASE_PREFIX}users`, 'users').insert(createStoredUser({ id, tenantId, role }));
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  } finally {
    await raw.close();
  }
};
