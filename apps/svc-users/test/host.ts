import { openTestDatastore, type TestDatastore } from '@plinth/mongo/testing';
import { type Caller, useTestHost } from '@plinth/service-kit/testing';
import { anId, aPrincipal } from '@plinth/testing';
import { expect } from 'vitest';
import { usersModule } from '../src/module.ts';

/** The users service on a database of its own. */
export const useUsers = (covers: { readonly covers?: string } = {}) => {
  let datastore: TestDatastore | undefined;
  const open = async () => {
    datastore = await openTestDatastore();
    return { modules: [usersModule], datastore };
  };
  const host = useTestHost(open, covers);
  const storedIn = async (collection: string, tenantId: string) => {
    const documents = (await datastore?.raw('users', collection).all()) ?? [];
    return documents.filter((document) => document['tenantId'] === tenantId);
  };
  return {
    get nobody() {
      return host.current.anonymous;
    },
    get lines() {
      return host.current.lines;
    },
    /** Somebody of a new tenant, or of the one that is given. */
    someone: (role: string, tenantId = anId()) => host.current.as(aPrincipal({ tenantId, roles: [role] })),
    as: (subject: { id: string; tenantId: string; roles: readonly string[] }) => host.current.as(subject),
    /** How many active owners a tenant counts, which is how many it has. */
    ownersOf: async (tenantId: string): Promise<number> => {
      const [people, counts] = await Promise.all([storedIn('users', tenantId), storedIn('ownerCounts', tenantId)]);
      const active = people.filter(
        ({ role, status, deleted }) => role === 'owner' && status === 'active' && deleted === false,
      );
      expect(counts.length).toBeLessThanOrEqual(1);
      expect(counts[0]?.['owners'] ?? 0).toBe(active.length);
      return active.length;
    },
  };
};

let made = 0;

/** A body for `POST /v1/users` that nobody has used yet. */
export const aNewUser = (overrides: object = {}) => {
  made += 1;
  return { name: `Person ${made}`, email: `person-${made}@test.example`, role: 'member', ...overrides };
};

type Headers = Readonly<Record<string, string>>;

/** What can be done with a person, by `caller`; what needs a version is meant for the first, or for the one given. */
export const personOf = (caller: Caller, id: string) => {
  const url = `/v1/users/${id}`;
  const post = (what: string, headers: Headers = {}) => caller.send({ method: 'POST', url: `${url}/${what}`, headers });
  return {
    read: () => caller.get(url),
    remove: (version = 1, headers: Headers = {}) =>
      caller.send({ method: 'DELETE', url, headers: { 'if-match': `"${version}"`, ...headers } }),
    restore: (headers?: Headers) => post('restoration', headers),
    suspend: (headers?: Headers) => post('suspension', headers),
    reactivate: (headers?: Headers) => post('reactivation', headers),
    give: (role: string, version = 1, headers: Headers = {}) =>
      caller.send({
        method: 'PUT',
        url: `${url}/role`,
        body: { role },
        headers: { 'if-match': `"${version}"`, ...headers },
      }),
  };
};

/** An organization with one person, and what its owner, who is stored nowhere, can do with them. */
export const anOrganization = async (users: ReturnType<typeof useUsers>, role = 'member') => {
  const tenantId = anId();
  const owner = await users.someone('owner', tenantId);
  const hire = async (overrides: object = {}) => (await owner.post('/v1/users', aNewUser(overrides))).body;
  const person = await hire({ role });
  return { tenantId, owner, hire, person, ...personOf(owner, person.id) };
};

/** The statuses of answers, from the lowest on. */
export const statusesOf = (answers: readonly { readonly status: number }[]): number[] =>
  answers.map(({ status }) => status).toSorted((left, right) => left - right);
