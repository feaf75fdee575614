import { type Call, createUserVerbs } from '@plinth/actions/users/testing';
import type { RouteSpec } from '@plinth/contract-kit';
import { openTestDatastore, type TestDatastore } from '@plinth/mongo/testing';
import { usersContract } from '@plinth/service-contracts/users';
import { type Caller, type TestResponse, useTestHost } from '@plinth/service-kit/testing';
import { createId, createPrincipal } from '@plinth/testing';
import { expect } from 'vitest';
import { usersModule } from '../src/module.ts';

export type Operation = keyof typeof usersContract.routes;
export type Options = { readonly as?: Caller; readonly headers?: Readonly<Record<string, string>> };

type Input = { readonly id?: string; readonly version?: readonly number[]; readonly body?: unknown };

/** The request of an operation; its version is the `If-Match`, and an empty header is not sent. */
const toRequest = (operation: Operation, { id = '', version, body }: Input, { headers = {} }: Options) => {
  const { method, path }: RouteSpec = usersContract.routes[operation];
  const ifMatch = version ? { 'if-match': version.map((number) => `"${number}"`).join(', ') } : {};
  const sent = Object.entries({ ...ifMatch, ...headers }).filter(([, value]) => value !== '');
  return { method, url: path.replace(':id', id), body, headers: Object.fromEntries(sent) };
};

/** The users service on a database of its own. With an operation, every status that it declares needs a test. */
export const useUsers = (covers?: Operation) => {
  let datastore: TestDatastore | undefined;
  const open = async () => {
    datastore = await openTestDatastore();
    return { modules: [usersModule], datastore };
  };
  const host = useTestHost(open, covers === undefined ? {} : { covers });
  const storedIn = async (collection: string, tenantId: string) =>
    ((await datastore?.raw('users', collection).all()) ?? []).filter((document) => document['tenantId'] === tenantId);
  const userWithRole = (role: string, tenantId = createId()) =>
    host.current.as(createPrincipal({ tenantId, roles: [role] }));
  return {
    get host() {
      return host.current;
    },
    get datastore() {
      return datastore as TestDatastore;
    },
    userWithRole,
    /** The number of owners that a tenant counts, which is the number of its active owners. */
    getOwnerCount: async (tenantId: string): Promise<number> => {
      const [documents, counts] = await Promise.all([storedIn('users', tenantId), storedIn('ownerCounts', tenantId)]);
      const active = documents.filter(
        ({ role, status, deleted }) => role === 'owner' && status === 'active' && !deleted,
      );
      expect(counts.length).toBeLessThanOrEqual(1);
      expect(counts[0]?.['owners'] ?? 0).toBe(active.length);
      return active.length;
    },
    /** A new organization, whose owner calls unless a test says otherwise; the owner is not a stored user. */
    createOrganization: async () => {
      const tenantId = createId();
      const owner = await userWithRole('owner', tenantId);
      const call = ((operation, input, options = {}) =>
        (options.as ?? owner).send(toRequest(operation, input as Input, options))) as Call<
        Record<Operation, TestResponse>,
        Options
      >;
      const verbs = createUserVerbs(call);
      return {
        tenantId,
        owner,
        ...verbs,
        /** Creates a user and returns it. */
        addUser: async (...input: Parameters<typeof verbs.createUser>) => (await verbs.createUser(...input)).body,
        /** A caller with a token of a user of this organization. */
        as: ({ id }: { readonly id: string }, ...roles: readonly string[]) => host.current.as({ id, tenantId, roles }),
        stored: () => storedIn('users', tenantId),
      };
    },
  };
};

export type Users = ReturnType<typeof useUsers>;
export type Organization = Awaited<ReturnType<Users['createOrganization']>>;

export const sortStatuses = (responses: readonly TestResponse[]): number[] =>
  responses.map(({ status }) => status).toSorted((left, right) => left - right);

/** Runs the same call many times at once. */
export const race = <T>(count: number, call: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => call(index)));

/** The statuses of a race that one call wins. */
export const oneWinner = (won: number, lost: number, count = 20): number[] => [
  won,
  ...Array.from({ length: count - 1 }, () => lost),
];
