import { type Call, createUserOperations } from '@plinth/actions/users/testing';
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

/** Converts an operation and its input to a request. The version becomes `If-Match`; empty headers are not sent. */
const toRequest = (operation: Operation, { id = '', version, body }: Input, { headers = {} }: Options) => {
  const { method, path }: RouteSpec = usersContract.routes[operation];
  const ifMatch = version ? { 'if-match': version.map((number) => `"${number}"`).join(', ') } : {};
  const sentHeaders = Object.entries({ ...ifMatch, ...headers }).filter(([, value]) => value !== '');
  return { method, url: path.replace(':id', id), body, headers: Object.fromEntries(sentHeaders) };
};

/** Opens the users service on a separate database. With `covers`, every status that the operation declares needs a test. */
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
    /** Returns the stored number of owners of a tenant, and checks that it equals the number of active owners. */
    getOwnerCount: async (tenantId: string): Promise<number> => {
      const [documents, counts] = await Promise.all([storedIn('users', tenantId), storedIn('ownerCounts', tenantId)]);
      const active = documents.filter(
        ({ role, status, deleted }) => role === 'owner' && status === 'active' && !deleted,
      );
      expect(counts.length).toBeLessThanOrEqual(1);
      expect(counts[0]?.['owners'] ?? 0).toBe(active.length);
      return active.length;
    },
    /** Creates an organization. Its owner sends the requests, unless `as` names another caller, and is not a stored user. */
    createOrganization: async () => {
      const tenantId = createId();
      const owner = await userWithRole('owner', tenantId);
      const call = ((operation, input, options = {}) =>
        (options.as ?? owner).send(toRequest(operation, input as Input, options))) as Call<
        Record<Operation, TestResponse>,
        Options
      >;
      const operations = createUserOperations(call);
      return {
        tenantId,
        owner,
        ...operations,
        /** Creates a user and returns it. */
        addUser: async (...input: Parameters<typeof operations.createUser>) =>
          (await operations.createUser(...input)).body,
        /** Creates a caller with a token of a user of this organization. */
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

/** Returns the sorted statuses of a race with one successful call. */
export const oneWinner = (success: number, failure: number, count = 20): number[] => [
  success,
  ...Array.from({ length: count - 1 }, () => failure),
];
