import type { UsersService } from '@plinth/contracts/users';
import type { Ctx } from '@plinth/data-kit';
import { ownerCounts, roles, users } from '@plinth/models/users';
import { fakeTenant } from '@plinth/testing';
import { expect } from 'vitest';
import * as actions from '../index.ts';
import { type Call, createUserOperations } from '../testing/index.ts';

type Results = { readonly [O in keyof UsersService]: Awaited<ReturnType<UsersService[O]>> };

/** Creates an organization on the fake database. Operations run as in a host, by default with the context of the owner. */
export const createOrganization = () => {
  const tenant = fakeTenant({ users, ownerCounts, roles }, actions);
  const { db, owner } = tenant;
  const run = tenant.run as unknown as UsersService;
  const call = ((operation, input, ctx = owner) => run[operation](input as never, ctx)) as Call<Results, Ctx>;
  return {
    ...tenant,
    run,
    ...createUserOperations(call),
    stored: ({ id }: { readonly id: string }) => db.users.all().find(({ _id }) => _id === id),
    /** Returns the stored number of owners, and checks that it equals the number of active owners. */
    getOwnerCount: (): number => {
      const isOwn = ({ tenantId }: { tenantId: string }) => tenantId === owner.tenantId;
      const counted = db.ownerCounts.all().find(isOwn)?.owners ?? 0;
      const active = db.users.all().filter((user) => isOwn(user) && user.role === 'owner' && user.status === 'active');
      expect(counted).toBe(active.filter(({ deleted }) => !deleted).length);
      return counted;
    },
  };
};

/** Returns the events of a change that also revokes the tokens of the user. */
export const withRevocation = (name: string, userId: string, payload: object = {}) => [
  { name, aggregateId: userId, payload: { userId, ...payload } },
  {
    name: 'auth.tokens-revoked',
    aggregateId: userId,
    payload: { subject: userId, rolesOnly: name === 'users.user-role-changed' },
  },
];
