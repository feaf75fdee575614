import type { Ctx } from '@plinth/data-kit';
import { ownerCounts, type UserDocument, users } from '@plinth/models/users';
import { aContext, fakeDatabase } from '@plinth/testing';
import { expect } from 'vitest';
import { changeRole } from '../change-role.ts';
import { createUser } from '../create-user.ts';
import { deleteUser } from '../delete-user.ts';
import { reactivateUser } from '../reactivate-user.ts';
import { restoreUser } from '../restore-user.ts';
import { suspendUser } from '../suspend-user.ts';

type Role = UserDocument['role'];
type Person = { readonly id: string; readonly version: number };

const isActiveOwner = ({ role, status, deleted }: UserDocument): boolean =>
  role === 'owner' && status === 'active' && !deleted;

/** An organization in memory, with what changes its people, each as a host runs it. `owner` is who calls. */
export const anOffice = () => {
  const db = fakeDatabase({ users, ownerCounts });
  const owner = aContext();
  const run = {
    create: db.unitOfWork(createUser(db)),
    remove: db.unitOfWork(deleteUser(db)),
    restore: db.unitOfWork(restoreUser(db)),
    suspend: db.unitOfWork(suspendUser(db)),
    reactivate: db.unitOfWork(reactivateUser(db)),
    changeRole: db.unitOfWork(changeRole(db)),
  };
  let hired = 0;
  return {
    db,
    owner,
    hire: (role: Role = 'member', ctx: Ctx = owner) => {
      hired += 1;
      return run.create({ body: { name: `Person ${hired}`, email: `Person-${hired}@acme.example`, role } }, ctx);
    },
    remove: ({ id, version }: Person, ctx: Ctx = owner) => run.remove({ id, version: [version] }, ctx),
    restore: ({ id }: { id: string }, ctx: Ctx = owner) => run.restore({ id }, ctx),
    suspend: ({ id }: { id: string }, ctx: Ctx = owner) => run.suspend({ id }, ctx),
    reactivate: ({ id }: { id: string }, ctx: Ctx = owner) => run.reactivate({ id }, ctx),
    give: (role: Role, { id, version }: Person, ctx: Ctx = owner) =>
      run.changeRole({ id, version: [version], body: { role } }, ctx),
    stored: ({ id }: { id: string }) => db.users.all().find(({ _id }) => _id === id),
    /** The events that `work` causes. */
    eventsOf: async (work: () => Promise<unknown>) => {
      const earlier = db.emitted().length;
      await work();
      return db.emitted().slice(earlier);
    },
    /** How many active owners the organization of `owner` counts, which is how many it has. */
    owners: (): number => {
      const own = ({ tenantId }: { tenantId: string }) => tenantId === owner.tenantId;
      const counted = db.ownerCounts.all().find(own)?.owners ?? 0;
      expect(counted).toBe(db.users.all().filter((user) => own(user) && isActiveOwner(user)).length);
      return counted;
    },
  };
};

/** How many of calls that were made at once succeeded, and with which codes the others failed. */
export const outcomesOf = async (calls: readonly Promise<unknown>[]) => {
  const outcomes = await Promise.allSettled(calls);
  return {
    succeeded: outcomes.filter(({ status }) => status === 'fulfilled').length,
    codes: outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code as string] : [])),
  };
};
