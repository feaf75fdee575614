import type { UsersService } from '@plinth/contracts/users';
import type { Ctx } from '@plinth/data-kit';
import { ownerCounts, users } from '@plinth/models/users';
import { createContext, fakeDatabase } from '@plinth/testing';
import { expect } from 'vitest';
import * as actions from '../index.ts';
import { type Call, createUserOperations } from '../testing/index.ts';

type Results = { readonly [O in keyof UsersService]: Awaited<ReturnType<UsersService[O]>> };

/** Creates an organization on the fake database. Operations run as in a host, by default with the context of the owner. */
export const createOrganization = () => {
  const db = fakeDatabase({ users, ownerCounts });
  const owner = createContext();
  const run = Object.fromEntries(
    Object.entries(actions).map(([operation, action]) => [
      operation,
      db.unitOfWork(action(db) as UsersService['getMe']),
    ]),
  ) as unknown as UsersService;
  /** Returns the events that `work` emits. */
  const collectEvents = async (work: () => Promise<unknown>) => {
    const earlier = db.emitted().length;
    await work();
    return db
      .emitted()
      .slice(earlier)
      .map(({ name, aggregateId, payload }) => ({ name, aggregateId, payload }));
  };
  const call = ((operation, input, ctx = owner) => run[operation](input as never, ctx)) as Call<Results, Ctx>;
  return {
    db,
    owner,
    run,
    ...createUserOperations(call),
    /** Creates the context of a call by a user of this organization. */
    as: ({ id }: { readonly id: string }, roles: readonly string[] = []) =>
      createContext({ tenantId: owner.tenantId, actor: { id, roles } }),
    stored: ({ id }: { readonly id: string }) => db.users.all().find(({ _id }) => _id === id),
    collectEvents,
    /** Runs `work` and expects that it changes no document and emits no event. */
    expectUnchanged: async (work: () => Promise<unknown>) => {
      const before = [db.users.all(), db.ownerCounts.all()];
      expect(await collectEvents(work)).toEqual([]);
      expect([db.users.all(), db.ownerCounts.all()]).toEqual(before);
    },
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
