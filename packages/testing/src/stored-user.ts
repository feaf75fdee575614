import { toSortKey } from '@plinth/data-kit';

type StoredUserOptions = {
  readonly id: string;
  readonly tenantId: string;
  readonly role: 'owner' | 'admin' | 'member' | 'viewer' | 'billing';
};

const storedAt = new Date(Date.UTC(2026, 0, 1));

/**
 * Creates the document of a stored user. Tests of processes store it as the first user of an organization, which no request can
 * create: a token of a user who is not stored is refused. The owner count of the organization does not include the user.
 */
export const createStoredUser = ({ id, tenantId, role }: StoredUserOptions) => {
  const [name, email] = ['First User', `first.${id}@test.example`];
  return {
    _id: id,
    tenantId,
    version: 1,
    createdAt: storedAt,
    updatedAt: storedAt,
    deleted: false,
    name,
    nameKey: toSortKey(name),
    email,
    emailKey: email,
    role,
    status: 'active',
  };
};
