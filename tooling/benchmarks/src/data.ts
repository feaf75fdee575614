import { toSortKey } from '@plinth/data-kit';
import type { Collection } from 'mongodb';

export type StoredUser = {
  readonly _id: string;
  readonly tenantId: string;
  readonly version: number;
  readonly name: string;
  readonly nameKey: string;
  readonly email: string;
  readonly emailKey: string;
  readonly role: 'owner' | 'member' | 'viewer';
  readonly status: 'active' | 'suspended';
  readonly deleted: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

const tenantCount = 4;
const usersPerTenant = 600;
const firstMs = Date.UTC(2026, 0, 1);

/** A UUIDv7 of a time and a number; the same ones each time. */
const idOf = (timeMs: number, number: number): string => {
  const time = timeMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${number.toString(16).padStart(12, '0')}`;
};

const firstNames = ['Ada', 'Alan', 'Annie', 'Grace', 'Gottfried', 'Gladys', 'Katherine'];
const lastNames = ['Lovelace', 'Turing', 'Easley', 'Hopper', 'Leibniz', 'West', 'Johnson', 'Noether', 'Ünal'];
const roles = ['member', 'viewer', 'member', 'owner'] as const;

const tenantIds = Array.from({ length: tenantCount }, (_, tenant) => idOf(firstMs, tenant));

/** Users of several tenants, oldest first, tenant by tenant in turn: neighbours in the collection are strangers. */
export const makeUsers = (): StoredUser[] =>
  Array.from({ length: tenantCount * usersPerTenant }, (_, index) => {
    const createdAt = new Date(firstMs + index * 61_007);
    const name = `${firstNames[index % firstNames.length]} ${lastNames[index % lastNames.length]}`;
    const email = `Person.${index}@example.com`;
    return {
      _id: idOf(createdAt.getTime(), index),
      tenantId: tenantIds[index % tenantCount] as string,
      version: 1,
      name,
      nameKey: toSortKey(name),
      email,
      emailKey: email.toLowerCase(),
      role: roles[index % roles.length] as StoredUser['role'],
      status: 'active',
      deleted: false,
      createdAt,
      updatedAt: createdAt,
    };
  });

/** What the load asks for: the ids of one tenant, oldest first, and an id of another; and a tenant to write to. */
export type Dataset = {
  readonly tenantId: string;
  readonly ids: readonly string[];
  readonly foreignId: string;
  /** A tenant of its own, so that what is read stays as it was, however much is written. */
  readonly written: { readonly tenantId: string; readonly ids: readonly string[] };
};

const idsIn = (users: readonly StoredUser[], tenantId: string): string[] =>
  users.filter((user) => user.tenantId === tenantId).map(({ _id }) => _id);

export const datasetOf = (users: readonly StoredUser[]): Dataset => {
  const [tenantId = '', otherId = '', writtenId = ''] = tenantIds;
  return {
    tenantId,
    ids: idsIn(users, tenantId),
    foreignId: idsIn(users, otherId)[0] ?? '',
    written: { tenantId: writtenId, ids: idsIn(users, writtenId) },
  };
};

/** Fills the collection, whose validator and indexes the platform has made before. */
export const insertUsers = async (users: Collection<StoredUser>): Promise<Dataset> => {
  const documents = makeUsers();
  await users.insertMany(documents);
  return datasetOf(documents);
};
