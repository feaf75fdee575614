import { type Call, createUserOperations } from '@plinth/actions/users/testing';
import { openTestDatastore } from '@plinth/mongo/testing';
import type { rolesContract, usersContract } from '@plinth/service-contracts/users';
import {
  type CallOptions,
  describeRefusals as describeModuleRefusals,
  type TestResponse,
  useModule,
} from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { expect } from 'vitest';
import { usersModule } from '../src/module.ts';

type Operation = keyof typeof usersContract.routes | keyof typeof rolesContract.routes;
type User = { readonly id: string; readonly version: number };

/** Opens the users service on a separate database. With `covers`, every response that the operation declares needs a test. */
export const useUsers = (covers?: Operation) => {
  const service = useModule({ module: usersModule, openDatastore: openTestDatastore, covers });
  return {
    service,
    get host() {
      return service.host;
    },
    get datastore() {
      return service.datastore;
    },
    userWithRole: service.userWithRole,
    interleave: service.interleave,
    /** Returns the stored number of owners of a tenant, and checks that it equals the number of active owners. */
    getOwnerCount: async (tenantId: string): Promise<number> => {
      const { raw } = service.datastore;
      const [documents, counts] = (
        await Promise.all([raw('users', 'users').all(), raw('users', 'ownerCounts').all()])
      ).map((stored) => stored.filter((document) => document['tenantId'] === tenantId));
      const active = (documents ?? []).filter(
        ({ role, status, deleted }) => role === 'owner' && status === 'active' && !deleted,
      );
      expect(counts?.length).toBeLessThanOrEqual(1);
      expect(counts?.[0]?.['owners'] ?? 0).toBe(active.length);
      return active.length;
    },
    /** Creates an organization. Its owner sends the requests, unless `as` names another caller, and is not a stored user. */
    createOrganization: async () => {
      const tenant = await service.createTenant();
      const operations = createUserOperations(
        tenant.call as unknown as Call<Record<Operation, TestResponse>, CallOptions>,
      );
      return {
        ...tenant,
        ...operations,
        /** Creates a user and returns it. */
        addUser: async (...input: Parameters<typeof operations.createUser>) =>
          (await operations.createUser(...input)).body,
        /** Creates a custom role and returns it. */
        addRole: async (...permissions: readonly string[]) => {
          const body = { name: `Role ${createId()}`, permissions };
          const created = await tenant.call('createRole', { body });
          expect(created.status).toBe(201);
          return created.body;
        },
        stored: (collection = 'users') => tenant.stored(collection),
      };
    },
  };
};

export type Users = ReturnType<typeof useUsers>;
export type Organization = Awaited<ReturnType<Users['createOrganization']>>;

type Refusals = {
  /** Sends a valid request for a user. */
  readonly perform: (organization: Organization, user: User, options?: CallOptions) => Promise<TestResponse>;
  /** Puts a new user into the state that the request needs. */
  readonly prepare?: (organization: Organization, user: User) => Promise<unknown>;
};

/** Defines the tests of the refusals that all writes to one user have in common. */
export const describeRefusals = (users: Users, operation: Operation, { perform, prepare }: Refusals): void =>
  describeModuleRefusals(users.service, operation, {
    perform,
    createTenant: users.createOrganization,
    createItem: async (organization) => {
      const user: User = await organization.addUser();
      await prepare?.(organization, user);
      return user;
    },
  });
